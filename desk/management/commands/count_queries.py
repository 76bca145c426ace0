"""How many queries the bench's pages ask, and how large they are; for `make bench`."""

import json
import re
import uuid
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


class Command(BaseCommand):
    help = "Prints queries and bytes per page as JSON, asked as one person."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--user", type=int, required=True)
        parser.add_argument("requests", help='JSON: [{"name": …, "path": …, "posts": null or [{…}, {…}], "headers": {…}}]')

    def handle(self, *args: Any, **options: Any) -> None:
        origin = urlsplit(settings.VIGIL_ORIGIN)
        client = Client(headers={"Host": origin.netloc})
        client.force_login(get_user_model().objects.get(pk=options["user"]))
        found = {}
        for row in json.loads(options["requests"]):
            self.ask(client, row, 0)
            if row.get("is_poll"):
                page = client.get("/riverside/", secure=True).content.decode()
                row["path"] += re.findall(r'[?&]v=([^"&]+)"', page)[0]
            with CaptureQueriesContext(connection) as queries:
                size, status = self.ask(client, row, 1)
            transaction = sum(query["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")) for query in queries.captured_queries)
            found[row["name"]] = {"queries": len(queries) - transaction, "bytes": size, "status": status}
        self.stdout.write(json.dumps(found))

    def ask(self, client: Client, row: dict[str, Any], turn: int) -> tuple[int, int]:
        headers = row.get("headers") or {}
        if row.get("posts") is None:
            answer = client.get(row["path"], headers=headers, secure=True)
        else:
            answer = client.post(row["path"], {**row["posts"][turn], "client_key": str(uuid.uuid4())}, headers=headers, secure=True)
        if answer.status_code >= 400:
            raise CommandError(f"{row['path']} answered {answer.status_code}")
        return len(answer.content), answer.status_code
