"""A demonstration without a text provider keeps its texts as files, to be read there: one for each key, so a repeat makes no second."""

from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from reminders.channels.outcomes import RETRY, SENT, Outcome, Text

SCHEME = "file:"


class FileChannel:
    def __init__(self, *, url: str, sender: str) -> None:
        self.folder, self.sender = Path(url2pathname(urlsplit(url).path)), sender

    def deliver(self, *, to: str, text: Text, key: str) -> Outcome:
        """Written under another name first: a file that is there is whole."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            begun = self.folder / f"{key}.part"
            begun.write_text(f"From: {self.sender}\nTo: {to}\n\n{text.body}\n", encoding="utf-8")
            begun.replace(self.folder / f"{key}.txt")
        except OSError as error:
            return Outcome(RETRY, f"The text can't be written ({type(error).__name__}).")
        return Outcome(SENT)

    def close(self) -> None:
        """Nothing is open."""
