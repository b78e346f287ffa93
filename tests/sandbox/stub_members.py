"""Prints what a stub declares, as JSON: the functions, and the members of each class."""
import ast
import json
import sys


def annotation(arg):
    return arg.annotation and ast.unparse(arg.annotation)


def function(node):
    """The parameters of a function as [name, its default or null, its kind, its type], and what it returns."""
    args = node.args
    positional = args.posonlyargs + args.args
    defaults = [None] * (len(positional) - len(args.defaults)) + [ast.unparse(each) for each in args.defaults]
    taken = [[arg.arg, default, "positional", annotation(arg)] for arg, default in zip(positional, defaults)]
    for arg, default in zip(args.kwonlyargs, args.kw_defaults):
        taken.append([arg.arg, default and ast.unparse(default), "keyword", annotation(arg)])
    for arg in (args.vararg, args.kwarg):
        if arg:
            taken.append([arg.arg, None, "rest", annotation(arg)])
    kind = "property" if any(ast.unparse(each) == "property" for each in node.decorator_list) else "method"
    return {"is": kind, "takes": taken[1:] if taken and taken[0][0] == "self" else taken,
            "returns": ast.unparse(node.returns), "text": ast.get_docstring(node)}


def members(node):
    found = {}
    for each in node.body:
        if isinstance(each, ast.AnnAssign):
            found[each.target.id] = {"is": "field", "returns": ast.unparse(each.annotation)}
        elif isinstance(each, ast.FunctionDef):
            found[each.name] = function(each)
    return found


tree = ast.parse(open(sys.argv[1]).read())
json.dump({
    "functions": {node.name: function(node) for node in tree.body if isinstance(node, ast.FunctionDef)},
    "classes": {node.name: members(node) for node in tree.body if isinstance(node, ast.ClassDef)},
    "texts": {node.name: ast.get_docstring(node) for node in tree.body if isinstance(node, ast.ClassDef)},
}, sys.stdout)
