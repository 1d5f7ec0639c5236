"""Write the help of every command as Markdown, from the parser itself.

    python -m cogapp -r docs/commands.md

The parser's own `--help` is laid out a little differently by each version of Python; this is not.
"""

import argparse


def commands_markdown(parser: argparse.ArgumentParser) -> str:
    """Return all commands in the order of the help: a table of them, then a section for each."""
    commands = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    overview = [(f"[{a.dest}](#{a.dest})", _text(a)) for a in commands._choices_actions]
    parts = [_table(("command", "what it does"), overview)]
    for name, command in commands.choices.items():
        parts.append(_section(f"{parser.prog} {name}", name, command))
    return "\n\n".join(parts) + "\n"


def _section(prog: str, name: str, command: argparse.ArgumentParser) -> str:
    """Return the heading, the description, the shortest call and the tables of one command."""
    parts = [f"## {name}", command.description, f"```\n{_usage(prog, command)}\n```"]
    plain = [a for group in command._action_groups[:2] for a in group._group_actions]
    titled = [(group.title, group._group_actions) for group in command._action_groups[2:]]
    for title, actions in [("", plain), *titled]:
        rows = [
            (f"`{_invocation(action)}`", _text(action), _default(action))
            for action in actions
            if not isinstance(action, argparse._HelpAction)
        ]
        if title and rows:
            parts.append(f"{title[0].upper()}{title[1:]}:")
        if any(default for *_, default in rows):
            parts.append(_table(("option", "what it does", "default"), rows))
        elif rows:
            parts.append(_table(("option", "what it does"), [row[:2] for row in rows]))
    return "\n\n".join(parts)


def _usage(prog: str, command: argparse.ArgumentParser) -> str:
    """Return the call with what it cannot do without, and "[options]" for the rest."""
    choices = [group for group in command._mutually_exclusive_groups if group.required]
    either = [action for group in choices for action in group._group_actions]
    words, optional, last = [], False, []
    for action in command._actions:
        if isinstance(action, argparse._HelpAction) or action in either:
            continue
        if action.nargs in ("*", "?") and not action.option_strings:
            last.append(f"[{_invocation(action)}]")  # versions differ on whether it is required
        elif action.required:
            words.append(_invocation(action))
        else:
            optional = True
    for group in choices:
        words.append("(" + " | ".join(map(_invocation, group._group_actions)) + ")")
    return " ".join([prog, *words, *["[options]"] * optional, *last])


def _invocation(action: argparse.Action) -> str:
    """Return how an option is typed: "--epochs N", "--mode {head,finetune}", "FILE ..."."""
    value = action.metavar or action.dest.upper()
    if action.choices and not action.metavar:
        value = "{" + ",".join(map(str, action.choices)) + "}"
    if action.nargs in ("+", "*"):
        value += " ..."
    if not action.option_strings:
        return value
    return (
        action.option_strings[-1] if action.nargs == 0 else f"{action.option_strings[-1]} {value}"
    )


def _text(action: argparse.Action) -> str:
    """Return the help as the parser fills it in, safe for Markdown: <label> is no HTML."""
    return ((action.help or "") % vars(action)).replace("<", "\\<")


def _default(action: argparse.Action) -> str:
    """Return the default as it is typed; empty where there is none to speak of."""
    value = action.default
    nothing = value is None or value is False or value in ("", argparse.SUPPRESS)
    return "" if nothing else f"`{value}`"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines
    )
