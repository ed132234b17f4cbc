"""Words that teams use for statuses, issue types and resolutions: a name makes a proposal, never a fact."""

from config.model import FlowItem
from rules.workflow import State

STATUSES: dict[State, tuple[str, ...]] = {
    "backlog": (
        "backlog", "to do", "todo", "open", "new", "ready", "selected for development", "idea", "reopened",
        "zu erledigen", "offen", "neu", "geplant", "bereit", "zur entwicklung ausgewählt",
        "未着手", "新規", "オープン", "バックログ", "選択済み",
        "à faire", "ouvert", "por hacer", "pendiente", "abierto",
    ),
    "active": (
        "in progress", "doing", "in development", "in review", "code review", "in test", "testing", "in qa",
        "in arbeit", "in bearbeitung", "in entwicklung", "im review", "in prüfung",
        "進行中", "作業中", "対応中", "処理中", "レビュー中",
        "en cours", "en curso",
    ),
    "waiting": (
        "waiting", "on hold", "blocked", "pending", "waiting for customer", "waiting for support", "paused",
        "wartend", "blockiert", "zurückgestellt", "pausiert", "warten auf kunden",
        "保留", "保留中", "待機中", "ブロック中",
        "en attente", "bloqué", "en espera",
    ),
    "done": (
        "done", "closed", "resolved", "released", "completed", "finished", "deployed",
        "erledigt", "fertig", "geschlossen", "abgeschlossen", "behoben", "gelöst",
        "完了", "完了済み", "クローズ", "解決済み", "処理済み",
        "terminé", "fermé", "résolu", "hecho", "listo", "finalizado", "cerrado",
    ),
    "dropped": (
        "won't do", "won't fix", "cancelled", "canceled", "rejected", "declined", "abandoned", "obsolete",
        "abgebrochen", "abgelehnt", "verworfen", "storniert",
        "却下", "キャンセル", "中止",
        "annulé", "rejeté", "cancelado", "rechazado",
    ),
}  # fmt: skip
"""What a status is called in each state, in small letters."""

RESOLUTIONS = (
    "won't do", "won't fix", "wontfix", "duplicate", "cannot reproduce", "declined", "cancelled", "canceled",
    "rejected", "incomplete", "invalid", "obsolete",
    "wird nicht erledigt", "wird nicht behoben", "duplikat", "nicht reproduzierbar", "abgelehnt",
    "unvollständig", "修正しない", "対応しない", "重複", "再現不可",
)  # fmt: skip
"""Resolutions of what was closed without being done, in small letters."""

FLOW: dict[FlowItem, tuple[str, ...]] = {
    "feature": (
        "story", "user story", "epic", "feature", "new feature", "feature request", "enhancement",
        "neue funktion", "funktion", "anforderung", "ストーリー", "エピック", "新機能", "機能追加",
    ),
    "defect": ("bug", "defect", "fehler", "バグ", "不具合", "障害", "anomalie"),
    "risk": ("vulnerability", "security", "risk", "risiko", "schwachstelle", "脆弱性", "リスク"),
    "debt": (
        "technical debt", "tech debt", "tech-debt", "debt", "refactoring",
        "technische schuld", "technische schulden", "技術的負債", "リファクタリング",
    ),
    "experiment": ("experiment", "hypothesis", "実験", "hypothese"),
}  # fmt: skip
"""Issue types and labels of each flow item, in small letters."""

TRIALS = frozenset((
    "sandbox", "playground", "test", "tests", "testing", "dummy", "trial",
    "sandkasten", "spielwiese", "testprojekt", "bac à sable", "テスト", "サンドボックス",
))  # fmt: skip
"""What places for trying things out are called, in small letters."""

STATE_OF = {word: state for state, words in STATUSES.items() for word in words}
FLOW_OF = {word: item for item, words in FLOW.items() for word in words}
