"""The commands of a generated document, so that what a reader would type is what runs."""

import pathlib
import re


class Guide:
    def __init__(self, folder: pathlib.Path, file: str = "README.md"):
        self.folder = folder
        self.file = file
        self.text = (folder / file).read_text()

    def section(self, title: str) -> str:
        found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#+ |\Z)", self.text, re.M | re.S)
        if not found:
            raise LookupError(f"{self.file} has no section `{title}`")
        return found[1]

    def commands(self, section: str, after: str, upto: str = "\n\n") -> list[str]:
        """What stands in backticks between two texts of a section."""
        text = self.section(section)
        at = text.find(after)
        if at < 0:
            raise LookupError(f"{self.file}: nothing follows `{after}` in `{section}`")
        part = text[at + len(after):]
        return re.findall(r"`([^`]+)`", part.split(upto)[0])

    def block(self, section: str, language: str = "sh", nth: int = 0) -> str:
        """A fenced block of a section."""
        return re.findall(rf"```{language}\n(.*?)```", self.section(section), re.S)[nth].strip()
