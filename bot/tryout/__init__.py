"""Five things to try on the demo's company: each is a script of real commands, and what to see in them."""
