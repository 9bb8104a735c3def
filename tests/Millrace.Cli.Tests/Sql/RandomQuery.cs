using System.Globalization;

namespace Millrace.Cli.Tests.Sql;

/// <summary>
/// Writes random queries that mean the same in PostgreSQL's and DuckDB's dialects: no integer division, no overflow, an order
/// of nulls wherever there is an order, and an order over all columns wherever rows are cut off.
/// </summary>
internal sealed class RandomQuery(int seed)
{
    private const int MaxDepth = 3;

    private static readonly (string Name, (string Name, Kind Type)[] Columns)[] Tables =
    [
        ("a", [("id", Kind.Integer), ("i", Kind.Integer), ("b", Kind.Bigint), ("d", Kind.Decimal), ("x", Kind.Double), ("s", Kind.Text), ("f", Kind.Boolean), ("day", Kind.Date), ("ts", Kind.Timestamp)]),
        ("b", [("id", Kind.Integer), ("i", Kind.Integer), ("d", Kind.Decimal), ("s", Kind.Text), ("day", Kind.Date), ("f", Kind.Boolean)]),
        ("c", [("id", Kind.Integer), ("k", Kind.Text), ("x", Kind.Double)]),
    ];

    private static readonly string[] Words = ["apple", "Banana", "cherry", "", "date palm", "Éclair", "fig", "grape", "naïve", "o'clock", "zoo", "a%b", "under_score"];

    private readonly Random _random = new(seed);
    private int _aliases;

    internal enum Kind
    {
        Integer,
        Bigint,
        Decimal,
        Double,
        Text,
        Boolean,
        Date,
        Timestamp,
    }

    /// <summary>Statements that make the tables and fill them.</summary>
    public static IEnumerable<string> Setup(int seed, int rows)
    {
        var random = new Random(seed);
        foreach ((string name, (string Name, Kind Type)[] columns) in Tables)
        {
            yield return $"CREATE TABLE {name} ({string.Join(", ", columns.Select(c => $"{c.Name} {TypeName(c.Type)}"))})";
            IEnumerable<string> values = Enumerable.Range(1, name == "c" ? rows / 4 : rows).Select(id =>
                $"({string.Join(", ", columns.Select(c => c.Name == "id" ? id.ToString(CultureInfo.InvariantCulture) : random.Next(8) == 0 ? "NULL" : Value(random, c.Type)))})");
            yield return $"INSERT INTO {name} VALUES {string.Join(", ", values)}";
        }
    }

    /// <summary>A query whose rows can be compared in any order.</summary>
    public string Next()
    {
        _aliases = 0;
        return _random.Next(10) switch
        {
            0 => SetOperation(),
            1 => $"WITH w AS ({Select(2, out _)}) SELECT * FROM w",
            2 => Window(),
            _ => Select(MaxDepth, out _),
        };
    }

    private string SetOperation()
    {
        Kind[] kinds = [.. Enumerable.Range(0, 1 + _random.Next(3)).Select(_ => AnyKind())];
        string op = Pick("UNION", "UNION ALL", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL");
        return $"{Plain(kinds)} {op} {Plain(kinds)}";
    }

    private string Plain(Kind[] kinds)
    {
        Source source = Table();
        return $"SELECT {string.Join(", ", kinds.Select((k, i) => $"{Expression(k, source, 1)} AS c{i}"))} FROM {source.Sql}{Where(source, 1)}";
    }

    private string Select(int depth, out Kind[] kinds)
    {
        Source source = From(depth);
        if (_random.Next(3) == 0)
        {
            return Grouped(source, out kinds);
        }

        kinds = [.. Enumerable.Range(0, 1 + _random.Next(4)).Select(_ => AnyKind())];
        string[] items = [.. kinds.Select((k, i) => $"{Expression(k, source, MaxDepth)} AS c{i}")];
        string distinct = _random.Next(8) == 0 ? "DISTINCT " : "";
        return $"SELECT {distinct}{string.Join(", ", items)} FROM {source.Sql}{Where(source, depth)}{Tail(kinds.Length)}";
    }

    private string Grouped(Source source, out Kind[] kinds)
    {
        Kind[] keys = [.. Enumerable.Range(0, _random.Next(3)).Select(_ => AnyKind())];
        string[] keySql = [.. keys.Select(k => Expression(k, source, 1))];
        var items = new List<string>(keySql.Select((k, i) => $"{k} AS c{i}"));
        var all = new List<Kind>(keys);
        int aggregates = 1 + _random.Next(3);
        for (int i = 0; i < aggregates; i++)
        {
            items.Add($"{Aggregate(source, out Kind kind)} AS c{all.Count}");
            all.Add(kind);
        }

        kinds = [.. all];
        string group = keys.Length == 0 ? "" : _random.Next(2) == 0 || keySql.Any(k => int.TryParse(k, out _)) ? $" GROUP BY {string.Join(", ", Enumerable.Range(1, keys.Length))}" : $" GROUP BY {string.Join(", ", keySql)}";
        string having = keys.Length > 0 && _random.Next(3) == 0 ? $" HAVING {Aggregate(source, out Kind k2)} IS NOT NULL OR count(*) > {_random.Next(4)}" : "";
        return $"SELECT {string.Join(", ", items)} FROM {source.Sql}{Where(source, 1)}{group}{having}{Tail(kinds.Length)}";
    }

    private string Window()
    {
        Source source = Table();
        string id = source.Columns.First(c => c.Sql.EndsWith(".id", StringComparison.Ordinal)).Sql;
        string partition = _random.Next(2) == 0 ? $"PARTITION BY {Expression(AnyKind(), source, 1)} " : "";
        string order = $"ORDER BY {Expression(AnyKind(), source, 1)} {Pick("ASC", "DESC")} NULLS {Pick("FIRST", "LAST")}, {id}";
        string frame = Pick("", "", " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW", $" ROWS BETWEEN {_random.Next(4)} PRECEDING AND {_random.Next(4)} FOLLOWING", " ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING", " ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING");
        string ranking = Pick("row_number()", "rank()", "dense_rank()", $"ntile({1 + _random.Next(5)})", $"lag({Column(Kind.Integer, source)}, {1 + _random.Next(3)})", $"lead({Column(Kind.Text, source)})", "percent_rank()", "cume_dist()");
        string framed = Pick($"sum({Column(Kind.Integer, source)})", "count(*)", $"min({Column(Kind.Decimal, source)})", $"max({Column(Kind.Text, source)})", $"avg({Column(Kind.Integer, source)})", $"first_value({Column(Kind.Text, source)})", $"last_value({Column(Kind.Date, source)})");
        return $"SELECT {id} AS id, {ranking} OVER ({partition}{order}) AS r, {framed} OVER ({partition}{order}{frame}) AS v FROM {source.Sql}{Where(source, 1)}";
    }

    private string Tail(int columns)
    {
        if (_random.Next(4) != 0)
        {
            return "";
        }

        IEnumerable<string> order = Enumerable.Range(1, columns).Select(i => $"{i} {Pick("ASC", "DESC")} NULLS {Pick("FIRST", "LAST")}");
        return $" ORDER BY {string.Join(", ", order)} LIMIT {_random.Next(20)}{(_random.Next(2) == 0 ? $" OFFSET {_random.Next(5)}" : "")}";
    }

    private string Where(Source source, int depth)
        => _random.Next(3) == 0 ? "" : $" WHERE {(depth > 1 && _random.Next(3) == 0 ? Subquery(source) : Condition(source, 2))}";

    private string Subquery(Source outer)
    {
        Source inner = Table();
        string column = Column(Kind.Integer, inner);
        string correlated = _random.Next(2) == 0 ? $" WHERE {Column(Kind.Integer, inner)} = {Column(Kind.Integer, outer)}" : Where(inner, 1);
        return _random.Next(6) switch
        {
            0 => $"EXISTS (SELECT 1 FROM {inner.Sql}{correlated})",
            1 => $"NOT EXISTS (SELECT 1 FROM {inner.Sql}{correlated})",
            2 => $"{Expression(Kind.Integer, outer, 1)} IN (SELECT {column} FROM {inner.Sql}{correlated})",
            3 => $"{Expression(Kind.Integer, outer, 1)} NOT IN (SELECT {column} FROM {inner.Sql}{correlated})",
            4 => $"{Expression(Kind.Integer, outer, 1)} > (SELECT max({column}) FROM {inner.Sql}{correlated})",
            _ => $"(SELECT count(*) FROM {inner.Sql}{correlated}) > {_random.Next(5)}",
        };
    }

    private Source From(int depth)
    {
        Source left = depth > 1 && _random.Next(6) == 0 ? Derived(depth - 1) : Table();
        int joins = _random.Next(3) == 0 ? 1 + _random.Next(2) : 0;
        for (int i = 0; i < joins; i++)
        {
            Source right = Table();
            string kind = Pick("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN");
            Kind key = Pick(Kind.Integer, Kind.Text, Kind.Date, Kind.Decimal);
            bool both = left.Columns.Any(c => c.Type == key) && right.Columns.Any(c => c.Type == key);
            key = both ? key : Kind.Integer;
            var joined = new Source("", [.. left.Columns, .. right.Columns]);
            string on = $"{Column(key, left)} = {Column(key, right)}{(kind != "FULL JOIN" && _random.Next(3) == 0 ? $" AND {Condition(joined, 1)}" : "")}";
            left = joined with { Sql = $"{left.Sql} {kind} {right.Sql} ON {on}" };
        }

        return left;
    }

    private Source Derived(int depth)
    {
        string sql = Select(depth, out Kind[] kinds);
        string alias = $"q{_aliases++}";
        var columns = new List<(string, Kind)>(kinds.Select((k, i) => ($"{alias}.c{i}", k)));

        // Every source has a whole number, so that there is always something to join by.
        return kinds.Contains(Kind.Integer) ? new Source($"({sql}) {alias}", [.. columns]) : Table();
    }

    private Source Table()
    {
        (string name, (string Name, Kind Type)[] columns) = Tables[_random.Next(Tables.Length)];
        string alias = $"t{_aliases++}";
        return new Source($"{name} {alias}", [.. columns.Select(c => ($"{alias}.{c.Name}", c.Type))]);
    }

    private string Aggregate(Source source, out Kind kind)
    {
        string filter = _random.Next(5) == 0 ? $" FILTER (WHERE {Condition(source, 1)})" : "";
        switch (_random.Next(9))
        {
            case 0:
                kind = Kind.Bigint;
                return $"count(*){filter}";
            case 1:
                kind = Kind.Bigint;
                return $"count({Expression(AnyKind(), source, 1)}){filter}";
            case 2:
                kind = Kind.Bigint;
                return $"count(DISTINCT {Expression(AnyKind(), source, 1)}){filter}";
            case 3:
                kind = Kind.Bigint;
                return $"sum({Expression(Kind.Integer, source, 1)}){filter}";
            case 4:
                kind = Kind.Decimal;
                return $"sum({Column(Kind.Decimal, source)}){filter}";
            case 5:
                kind = Kind.Double;
                return $"avg({Expression(Pick(Kind.Integer, Kind.Double), source, 1)}){filter}";
            case 6:
                kind = Kind.Boolean;
                return $"{Pick("bool_and", "bool_or")}({Condition(source, 1)}){filter}";
            default:
                kind = AnyKind();
                kind = kind == Kind.Boolean ? Kind.Text : kind;
                return $"{Pick("min", "max")}({Expression(kind, source, 1)}){filter}";
        }
    }

    private string Condition(Source source, int depth) => depth == 0 ? Comparison(source) : _random.Next(6) switch
    {
        0 => $"({Condition(source, depth - 1)} AND {Condition(source, depth - 1)})",
        1 => $"({Condition(source, depth - 1)} OR {Condition(source, depth - 1)})",
        2 => $"NOT ({Condition(source, depth - 1)})",
        _ => Comparison(source),
    };

    private string Comparison(Source source)
    {
        Kind kind = AnyKind();
        string left = Expression(kind, source, 1);
        return _random.Next(8) switch
        {
            0 => $"{left} IS {Pick("", "NOT ")}NULL",
            1 when kind != Kind.Boolean => $"{left} BETWEEN {Constant(kind)} AND {Expression(kind, source, 1)}",
            2 => $"{left} {Pick("IN", "NOT IN")} ({Constant(kind)}, {Constant(kind)}{(_random.Next(4) == 0 ? ", NULL" : "")})",
            3 => $"{left} IS {Pick("", "NOT ")}DISTINCT FROM {Expression(kind, source, 1)}",
            4 => $"{Expression(Kind.Text, source, 1)} {Pick("LIKE", "NOT LIKE", "ILIKE")} {Pick("'%a%'", "'a%'", "'_a%'", "'%e'", "'%'", "''")}",
            5 => Column(Kind.Boolean, source),
            _ => $"{left} {Pick("=", "<>", "<", "<=", ">", ">=")} {Expression(kind, source, 1)}",
        };
    }

    private string Expression(Kind kind, Source source, int depth)
    {
        if (depth == 0 || _random.Next(3) == 0)
        {
            return _random.Next(4) == 0 ? Constant(kind) : Column(kind, source);
        }

        switch (_random.Next(6))
        {
            case 0:
                return $"CASE WHEN {Condition(source, 1)} THEN {Expression(kind, source, depth - 1)} ELSE {Expression(kind, source, depth - 1)} END";
            case 1:
                return $"coalesce({Expression(kind, source, depth - 1)}, {Constant(kind)})";
            case 2:
                return $"nullif({Expression(kind, source, depth - 1)}, {Constant(kind)})";
        }

        return kind switch
        {
            Kind.Integer => _random.Next(6) switch
            {
                0 => $"({Expression(kind, source, depth - 1)} {Pick("+", "-")} {Expression(kind, source, depth - 1)})",
                1 => $"({Column(kind, source)} * {_random.Next(-9, 10)})",
                2 => $"abs({Expression(kind, source, depth - 1)})",
                3 => $"CAST(length({Expression(Kind.Text, source, depth - 1)}) AS integer)",
                4 => $"({Column(kind, source)} % {2 + _random.Next(9)})",
                _ => $"CAST(extract({Pick("year", "month", "day")} FROM {Expression(Kind.Date, source, depth - 1)}) AS integer)",
            },
            Kind.Bigint => _random.Next(2) == 0 ? $"({Expression(kind, source, depth - 1)} + {Expression(Kind.Integer, source, depth - 1)})" : $"CAST({Expression(Kind.Integer, source, depth - 1)} AS bigint)",
            Kind.Decimal => _random.Next(3) switch
            {
                0 => $"CAST({Column(kind, source)} {Pick("+", "-")} {Column(kind, source)} AS decimal(10,2))",
                1 => $"CAST({Column(kind, source)} * 2 AS decimal(10,2))",
                _ => $"CAST({Expression(Kind.Integer, source, depth - 1)} AS decimal(10,2))",
            },
            Kind.Double => _random.Next(4) switch
            {
                0 => $"({Expression(kind, source, depth - 1)} {Pick("+", "-", "*")} {Expression(kind, source, depth - 1)})",
                1 => $"({Expression(kind, source, depth - 1)} / {1 + _random.Next(9)}.5e0)",
                2 => $"sqrt(abs({Expression(kind, source, depth - 1)}))",
                _ => $"CAST({Expression(Pick(Kind.Integer, Kind.Decimal), source, depth - 1)} AS double)",
            },
            Kind.Text => _random.Next(8) switch
            {
                0 => $"upper({Expression(kind, source, depth - 1)})",
                1 => $"lower({Expression(kind, source, depth - 1)})",
                2 => $"({Expression(kind, source, depth - 1)} || {Expression(kind, source, depth - 1)})",
                3 => $"substring({Expression(kind, source, depth - 1)}, {1 + _random.Next(4)}, {_random.Next(5)})",
                4 => $"replace({Expression(kind, source, depth - 1)}, 'a', 'xy')",
                5 => $"left({Expression(kind, source, depth - 1)}, {_random.Next(5)})",
                6 => $"trim({Expression(kind, source, depth - 1)})",
                _ => $"CAST({Expression(Pick(Kind.Integer, Kind.Boolean, Kind.Date), source, depth - 1)} AS varchar)",
            },
            Kind.Boolean => $"({Condition(source, 1)})",
            Kind.Date => _random.Next(2) == 0 ? $"({Expression(kind, source, depth - 1)} {Pick("+", "-")} {_random.Next(400)})" : $"CAST({Expression(Kind.Timestamp, source, depth - 1)} AS date)",
            _ => _random.Next(3) switch
            {
                0 => $"({Expression(kind, source, depth - 1)} {Pick("+", "-")} INTERVAL '{_random.Next(50)}' {Pick("SECOND", "HOUR", "DAY", "MONTH")})",

                // What is added keeps DuckDB 1.5 from its rule for date_trunc(…) <> constant, which gives true where the column is null.
                1 => $"(date_trunc('{Pick("minute", "hour", "day", "month", "year")}', {Expression(kind, source, depth - 1)}) + INTERVAL '0' DAY)",
                _ => $"CAST({Expression(Kind.Date, source, depth - 1)} AS timestamp)",
            },
        };
    }

    private string Column(Kind kind, Source source)
    {
        (string Sql, Kind Type)[] fitting = [.. source.Columns.Where(c => c.Type == kind)];
        return fitting.Length == 0 ? Constant(kind) : fitting[_random.Next(fitting.Length)].Sql;
    }

    private string Constant(Kind kind) => _random.Next(12) == 0 ? $"CAST(NULL AS {TypeName(kind)})" : Value(_random, kind);

    private Kind AnyKind() => (Kind)_random.Next(8);

    private T Pick<T>(params T[] options) => options[_random.Next(options.Length)];

    private static string TypeName(Kind kind) => kind switch
    {
        Kind.Decimal => "decimal(10,2)",
        Kind.Text => "varchar",
        _ => kind.ToString().ToLowerInvariant(),
    };

    private static string Value(Random random, Kind kind) => kind switch
    {
        Kind.Integer => random.Next(-20, 21).ToString(CultureInfo.InvariantCulture),
        Kind.Bigint => $"CAST({random.NextInt64(-100_000_000_000, 100_000_000_000)} AS bigint)",
        Kind.Decimal => $"CAST({(random.Next(-100_000, 100_000) / 100m).ToString(CultureInfo.InvariantCulture)} AS decimal(10,2))",
        Kind.Double => $"CAST({(random.Next(-1000, 1000) / 8.0).ToString("0.0###", CultureInfo.InvariantCulture)} AS double)",
        Kind.Text => $"'{Words[random.Next(Words.Length)].Replace("'", "''", StringComparison.Ordinal)}'",
        Kind.Boolean => random.Next(2) == 0 ? "true" : "false",
        Kind.Date => $"DATE '{new DateOnly(2000, 1, 1).AddDays(random.Next(9000)):yyyy-MM-dd}'",
        _ => $"TIMESTAMP '{new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Unspecified).AddSeconds(random.Next(800_000_000)):yyyy-MM-dd HH:mm:ss}'",
    };

    /// <summary>What a query reads, with its columns.</summary>
    private sealed record Source(string Sql, (string Sql, Kind Type)[] Columns);
}
