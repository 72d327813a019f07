"""Writes python/score_fly/types.py from the JSON Schema of the facade.

With --check, only says whether it is up to date. It knows just what that schema uses, and fails on
anything else; its TypedDicts need nothing that Python 3.10 does not have.
"""

import json
import keyword
import pathlib
import re
import sys
import textwrap

ROOT = pathlib.Path(__file__).parents[2]
SCHEMA = ROOT / "docs/schema/facade.schema.json"
TYPES = ROOT / "score-fly-py/python/score_fly/types.py"

HEADER = '''\
# Made from docs/schema/facade.schema.json by `cargo xtask gen`. Do not edit.
"""The requests and responses of the native half, as types."""

from __future__ import annotations

from typing import Any, Literal, TypedDict, Union, final

'''

# What says nothing about the type.
REMARKS = {"description", "default", "format", "minimum", "maximum", "title", "uniqueItems"}

SCALARS = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
}


def unions(parts: list[str]) -> str:
    """The union of some types; literals become one literal."""
    literals = [part.removeprefix("Literal[").removesuffix("]") for part in parts if part.startswith("Literal[")]
    others = [part for part in parts if not part.startswith("Literal[")]
    if literals:
        others.insert(0, f"Literal[{', '.join(literals)}]")
    unique = list(dict.fromkeys(others))
    return unique[0] if len(unique) == 1 else f"Union[{', '.join(unique)}]"


def expression(schema: object) -> str:
    """The type of a schema that has no name of its own."""
    if schema is True:
        return "Any"
    assert isinstance(schema, dict), schema
    match {key: value for key, value in schema.items() if key not in REMARKS}:
        case nothing if not nothing:
            return "Any"
        case {"$ref": reference}:
            return str(reference).removeprefix("#/$defs/")
        case {"const": value, **_rest}:
            return f"Literal[{json.dumps(value)}]"
        case {"enum": values, **_rest}:
            return f"Literal[{', '.join(map(json.dumps, values))}]"
        case {"oneOf": choices} | {"anyOf": choices}:
            return unions([expression(choice) for choice in choices])
        case {"type": list() as kinds, **rest}:
            return unions([expression({"type": kind, **rest}) for kind in kinds])
        case {"type": "array", "items": items, **_rest}:
            return f"list[{expression(items)}]"
        case {"type": "object", "additionalProperties": values, **rest} if "properties" not in rest:
            return f"dict[str, {expression(values)}]"
        case {"type": kind} if kind in SCALARS:
            return SCALARS[kind]
        case _:
            raise SystemExit(f"types.py does not know this schema: {json.dumps(schema)}")


def comment(text: str, indent: str) -> str:
    # rustdoc's links to other items are of no use here.
    text = re.sub(r"\[(`[^`]+`)\](\([^)]*\))?", r"\1", " ".join(text.split())).replace("\\", "\\\\")
    paragraphs = textwrap.wrap(text, 100 - len(indent))
    return f'{indent}"""' + f"\n{indent}".join(paragraphs) + '"""\n'


def is_dict(schema: dict) -> bool:
    return schema.get("type") == "object" and "properties" in schema


def typed_dict(name: str, schema: dict, doc: str) -> str:
    """A TypedDict; what is required comes from a base class, since 3.10 has no NotRequired."""
    properties = schema["properties"]
    required = {field: value for field, value in properties.items() if field in schema.get("required", ())}
    optional = {field: value for field, value in properties.items() if field not in required}
    if not optional:
        return part(name, required, "TypedDict", doc)
    if not required:
        return part(name, optional, "TypedDict, total=False", doc)
    base = f"_{name}Required"
    return part(base, required, "TypedDict") + "\n\n" + part(name, optional, f"{base}, total=False", doc)


def part(name: str, properties: dict[str, dict], bases: str, doc: str = "") -> str:
    """One class; or, where a field's name can't stand in a class, one call."""
    if all(field.isidentifier() and not keyword.iskeyword(field) for field in properties):
        text = f"class {name}({bases}):\n" + (comment(doc, "    ") + "\n" if doc else "")
        for field, schema in properties.items():
            text += f"    {field}: {expression(schema)}\n"
            if description := schema.get("description"):
                text += comment(description, "    ")
        return text
    pairs = "".join(f"    {json.dumps(field)}: {json.dumps(expression(schema))},\n" for field, schema in properties.items())
    total = ", total=False" if bases.endswith("total=False") else ""
    assert bases.startswith("TypedDict"), f"{name}: an optional field with a name that Python does not take"
    return f"{name} = TypedDict({json.dumps(name)}, {{\n{pairs}}}{total})\n" + (comment(doc, "") if doc else "")


def variant_name(name: str, schema: dict) -> str:
    """The name of one choice of a tagged union: by its status, or by its only key."""
    properties = schema["properties"]
    tag = properties.get("status", {}).get("const") or next(iter(properties))
    return name.removesuffix("Response") + tag[0].upper() + tag[1:]


def final(name: str, text: str) -> str:
    """The same classes; the one of this name, which comes behind its base if it has one, is final."""
    before, head, after = text.rpartition(f"class {name}(")
    return f"{before}@final\n{head}{after}"


def definition(name: str, schema: dict) -> str:
    doc = schema.get("description", name)
    if is_dict(schema):
        return typed_dict(name, schema, doc)
    choices = schema.get("oneOf", ())
    if choices and all(is_dict(choice) for choice in choices):
        names = [variant_name(name, choice) for choice in choices]
        # Final, so that `"text" in content` tells type checkers which one it is.
        parts = [
            final(variant, typed_dict(variant, choice, choice.get("description", doc)))
            for variant, choice in zip(names, choices, strict=True)
        ]
        return "\n\n".join([*parts, f"{name} = Union[{', '.join(names)}]\n{comment(doc, '')}"])
    return f"{name} = {expression(schema)}\n{comment(doc, '')}"


def ordered(schemas: dict[str, dict]) -> list[str]:
    """Names such that what is no class, and so is looked up at once, comes after what it names."""
    order: list[str] = []

    def visit(name: str) -> None:
        if name in order:
            return
        schema = schemas[name]
        if not is_dict(schema):
            text = json.dumps(schema)
            for other in schemas:
                if other != name and f'"#/$defs/{other}"' in text:
                    visit(other)
        if name not in order:
            order.append(name)

    for name in schemas:
        visit(name)
    return order


def main() -> None:
    schemas = json.loads(SCHEMA.read_text())["$defs"]
    text = HEADER + "\n" + "\n\n".join(definition(name, schemas[name]) for name in ordered(schemas))
    if "--check" in sys.argv:
        if not TYPES.exists() or TYPES.read_text() != text:
            raise SystemExit("types.py is out of date: run `cargo xtask gen`")
    else:
        TYPES.write_text(text)


if __name__ == "__main__":
    main()
