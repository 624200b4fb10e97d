"""Two tasks in Python."""

from flyball_worker import TaskError, serve, task


def taking(**properties):
    """JSON Schema of an object that has these properties."""
    return {"type": "object", "properties": properties, "required": list(properties)}


@task(input=taking(path={"type": "string"}))
def word_count(input, context):
    """Words and lines of a text file."""
    try:
        with open(input["path"], encoding="utf-8") as file:
            lines = file.readlines()
    except OSError as error:
        raise TaskError(str(error), code="unreadable") from error
    context.log(f"{len(lines)} lines")
    return {"lines": len(lines), "words": sum(len(line.split()) for line in lines)}


@task(input=taking(below={"type": "integer", "minimum": 0}))
def primes(input, context):
    """How many primes there are below a number."""
    below, found = input["below"], []
    for number in range(2, below):
        if number % 1000 == 0:
            context.check()
            context.progress(number / below)
        if all(number % prime for prime in found if prime * prime <= number):
            found.append(number)
    return len(found)


if __name__ == "__main__":
    serve()
