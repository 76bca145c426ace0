"""How many queries the bench's pages ask, and how large they are; for `make bench`."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


class Command(BaseCommand):
    help = "Prints queries and bytes per page as JSON, asked as one person."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--user", type=int, required=True)
        parser.add_argument("requests", help='JSON: [{"name": …, "path": …, "fields": null or {…}, "headers": {…}}]')

    def handle(self, *args: Any, **options: Any) -> None:
        origin = urlsplit(settings.VIGIL_ORIGIN)
        client = Client(headers={"Host": origin.netloc})
        client.force_login(get_user_model().objects.get(pk=options["user"]))
        found = {}
        for row in json.loads(options["requests"]):
            self.ask(client, row)
            if row.get("is_poll"):
                page = client.get("/riverside/", secure=True).content.decode()
                row["path"] += re.findall(r'[?&]v=([^"&]+)"', page)[0]
            with CaptureQueriesContext(connection) as queries:
                size, status = self.ask(client, row)
            transaction = sum(query["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")) for query in queries.captured_queries)
            found[row["name"]] = {"queries": len(queries) - transaction, "bytes": size, "status": status}
        self.stdout.write(json.dumps(found))

    def ask(self, client: Client, row: dict[str, Any]) -> tuple[int, int]:
        headers = row.get("headers") or {}
        if row.get("fields") is None:
            answer = client.get(row["path"], headers=headers, secure=True)
        else:
            import uuid

            answer = client.post(row["path"], {**row["fields"], "client_key": str(uuid.uuid4())}, headers=headers, secure=True)
        return len(answer.content), answer.status_code
