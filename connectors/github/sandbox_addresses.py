"""What GitHub adds to every account and repository and our client does not read: addresses and counts."""

from typing import Any

API = "https://api.github.com"
SITE = "https://github.com"
OF_ACCOUNT = "followers following gists starred subscriptions organizations repos events received_events"
OF_REPOSITORY = (
    "archive assignees blobs branches collaborators comments commits compare contents contributors"
    " deployments downloads events forks git_commits git_refs git_tags hooks issue_comment issue_events"
    " issues keys labels languages merges milestones notifications pulls releases stargazers statuses"
    " subscribers subscription tags teams trees"
)
COUNTS = (
    "forks forks_count open_issues open_issues_count stargazers_count watchers watchers_count size"
    " network_count subscribers_count"
)
SWITCHED_OFF = ("has_projects", "has_wiki", "has_pages", "has_discussions")


def of_account(login: str, number: int) -> dict[str, Any]:
    """The addresses of an account or an organisation."""
    url = f"{API}/users/{login}"
    return {
        "url": url,
        "html_url": f"{SITE}/{login}",
        "avatar_url": f"https://avatars.githubusercontent.com/u/{number}?v=4",
        "gravatar_id": "",
        "site_admin": False,
        **{f"{name}_url": f"{url}/{name}" for name in OF_ACCOUNT.split()},
    }


def of_profile(login: str, number: int, since: str | None) -> dict[str, Any]:
    """What an account says about itself to those who ask for it alone: here, nothing."""
    silent = dict.fromkeys(("bio", "blog", "company", "email", "hireable", "location", "name"))
    none = dict.fromkeys(("followers", "following", "public_gists", "public_repos"), 0)
    born = {"created_at": since, "updated_at": since}
    return {**of_account(login, number), **silent, "blog": "", **none, **born, "user_view_type": "public"}


def of_repository(name: str) -> dict[str, Any]:
    """The addresses and counts of a repository."""
    url = f"{API}/repos/{name}"
    return {
        **{f"{what}_url": f"{url}/{what}" for what in OF_REPOSITORY.split()},
        **dict.fromkeys(COUNTS.split(), 0),
        **dict.fromkeys(SWITCHED_OFF, False),
        **dict.fromkeys(("homepage", "language", "license", "mirror_url")),
        "clone_url": f"{SITE}/{name}.git",
        "git_url": f"git://github.com/{name}.git",
        "ssh_url": f"git@github.com:{name}.git",
        "svn_url": f"{SITE}/{name}",
    }
