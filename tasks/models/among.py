"""Among: whether a number is one of many; one parameter, however many there are."""

import json
from typing import Any

from django.db.models import Lookup, Value


class Among(Lookup):
    """Among(F("pk"), Value([…]))."""

    lookup_name = "among"
    prepare_rhs = False
    rhs: Value

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        number, params = self.process_lhs(compiler, connection)
        # In an array that a SELECT gives the planner expects ten numbers, and looks them up; of 10,000
        # that it sees it expects a page soon when it walks all rows in its order, and reads nearly all.
        return f"{number} = ANY ((SELECT %s::bigint[])::bigint[])", [*params, self.rhs.value]

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        number, params = self.process_lhs(compiler, connection)
        return f"{number} IN (SELECT value FROM json_each(%s))", [*params, json.dumps(self.rhs.value)]
