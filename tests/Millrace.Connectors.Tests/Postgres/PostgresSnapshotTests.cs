using Millrace.Connectors.Common;
using Millrace.Connectors.Postgres;

namespace Millrace.Connectors.Tests.Postgres;

/// <summary>A table is made equal to a snapshot, or keeps every version of its rows.</summary>
[Trait("speed", "slow")]
public sealed class PostgresSnapshotTests
{
    private static readonly Schema Plain = WrittenTable.SchemaOf(("id", DataType.Int64), ("name", DataType.Utf8));
    private static readonly Schema Changes = WrittenTable.SchemaOf(("_op", DataType.Utf8), ("id", DataType.Int64), ("name", DataType.Utf8));

    [Theory]
    [InlineData("")]
    [InlineData("CREATE TABLE public.t (id bigint, name text)")]
    [InlineData("CREATE TABLE public.t (id smallint, name varchar(5), own text DEFAULT 'own')")]
    public async Task A_snapshot_inserts_updates_and_removes_what_differs_and_touches_nothing_else(string sql)
    {
        var table = new WrittenTable(sql);
        await table.WriteAsync(Snapshot(), ["1|a", "2|b", "3|c"]);
        string[] before = Versions(table);

        await table.WriteAsync(Snapshot(), ["1|a", "3|C", "4|", "4|d"]);

        Assert.Equal("1|a\n3|C\n4|d", table.Sql("SELECT id, name FROM public.t ORDER BY id"));
        Assert.Equal(before[0], Versions(table)[0]);
        await table.WriteAsync(Snapshot(), Array.Empty<string>());
        Assert.Equal("0", table.Sql("SELECT count(*) FROM public.t"));

        static string[] Versions(WrittenTable table) => table.Sql("SELECT id, ctid, xmin FROM public.t ORDER BY id").Split('\n');
    }

    [Fact]
    public async Task Rows_that_are_gone_can_be_kept_with_the_time_and_come_back()
    {
        var table = new WrittenTable();
        Func<PostgresTargetOptions, PostgresTargetOptions> soft = o => o with { Deletes = SnapshotDeletes.Soft };
        await table.WriteAsync(Snapshot(), soft, ["1|a", "2|b"]);
        await table.WriteAsync(Snapshot(), soft, ["2|b"]);
        Assert.Equal("1|a|f\n2|b|t", table.Sql("SELECT id, name, _deleted_at IS NULL FROM public.t ORDER BY id"));
        string when = table.Sql("SELECT _deleted_at FROM public.t WHERE id = 1");

        await table.WriteAsync(Snapshot(), soft, ["3|c"]);
        Assert.Equal(when, table.Sql("SELECT _deleted_at FROM public.t WHERE id = 1"));

        await table.WriteAsync(Snapshot(), soft, ["1|a", "2|x"]);
        Assert.Equal("1|a|t\n2|x|t\n3|c|f", table.Sql("SELECT id, name, _deleted_at IS NULL FROM public.t ORDER BY id"));
    }

    // What tables hold after each of many random snapshots, against the snapshot itself.
    [Fact]
    public async Task A_table_equals_every_snapshot_and_its_history_every_one_there_was()
    {
        var random = new Random(11);
        var equal = new WrittenTable();
        var history = new WrittenTable();
        var moments = new List<(string Time, string Rows)>();
        for (int i = 0; i < 12; i++)
        {
            var rows = new SortedDictionary<int, string>();
            for (int j = random.Next(0, 8); j > 0; j--)
            {
                rows[random.Next(10)] = $"v{random.Next(3)}";
            }

            string[] lines = [.. rows.Select(r => $"{r.Key}|{r.Value}")];
            string expected = string.Join('\n', lines);
            await equal.WriteAsync(Snapshot(), lines);
            await history.WriteAsync(History(isSnapshot: true), lines);
            Assert.Equal(expected, equal.Sql("SELECT * FROM public.t ORDER BY id"));
            Assert.Equal(expected, history.Sql("SELECT id, name FROM public.t WHERE _is_current ORDER BY id"));
            moments.Add((history.Sql("SELECT clock_timestamp()"), expected));
        }

        foreach ((string time, string rows) in moments)
        {
            Assert.Equal(rows, history.Sql($"SELECT id, name FROM public.t WHERE _valid_from <= '{time}' AND coalesce(_valid_to, 'infinity') > '{time}' ORDER BY id"));
        }

        Assert.Equal("0", history.Sql("SELECT count(*) FROM public.t WHERE _is_current <> (_valid_to IS NULL) OR _valid_to < _valid_from"));
        Assert.Equal("0", history.Sql("SELECT count(*) FROM public.t a JOIN public.t b ON a.id = b.id AND a.ctid <> b.ctid AND tstzrange(a._valid_from, a._valid_to) && tstzrange(b._valid_from, b._valid_to)"));
    }

    [Fact]
    public async Task Changes_close_versions_and_add_others_and_what_does_not_come_stays()
    {
        var table = new WrittenTable();
        await table.WriteAsync(History() with { Schema = Changes }, ["I|1|a", "I|2|b", "I|3|c"], ["U|1|A", "D|2|", "U|3|c"]);
        Assert.Equal("1|a|f\n1|A|t\n2|b|f\n3|c|t", table.Sql("SELECT id, name, _is_current FROM public.t ORDER BY id, _valid_from"));

        await table.WriteAsync(History() with { Schema = Changes }, ["T||", "I|2|again"]);
        Assert.Equal("2|again", table.Sql("SELECT id, name FROM public.t WHERE _is_current"));
        Assert.Equal("5", table.Sql("SELECT count(*) FROM public.t"));
        Assert.Equal("0", table.Sql("SELECT count(*) FROM pg_attribute WHERE attrelid = 'public.t'::regclass AND attname = '_op'"));
    }

    [Fact]
    public async Task Values_that_were_not_sent_are_those_of_the_version_that_holds()
    {
        var table = new WrittenTable();
        await table.WriteAsync(History(), ["1|old"]);
        await table.WriteAsync(History(), ["1|large"]);
        Schema schema = WrittenTable.SchemaOf(("_op", DataType.Utf8), ("_unchanged", DataType.List(DataType.Utf8)), ("id", DataType.Int64), ("name", DataType.Utf8), ("v", DataType.Int64));
        await table.WriteBatchAsync(History() with { Schema = schema }, () =>
        {
            using var ops = new BinaryBuilder(DataType.Utf8);
            using var unchanged = new ListBuilder(schema[1].Type);
            using var ids = new FixedBuilder<long>(DataType.Int64);
            using var names = new BinaryBuilder(DataType.Utf8);
            using var values = new FixedBuilder<long>(DataType.Int64);
            ops.Append("U");
            ((BinaryBuilder)unchanged.Items).Append("name");
            unchanged.AppendRow();
            ids.Append(1);
            names.AppendNull();
            values.Append(7);
            return new RecordBatch(schema, 1, [ops.Build(), unchanged.Build(), ids.Build(), names.Build(), values.Build()]);
        });

        Assert.Equal("old||f\nlarge||f\nlarge|7|t", table.Sql("SELECT name, v, _is_current FROM public.t ORDER BY _valid_from"));
    }

    [Fact]
    public async Task Rows_of_a_table_that_had_no_history_are_its_first_versions()
    {
        var table = new WrittenTable("CREATE TABLE public.t (id bigint, name text); INSERT INTO public.t VALUES (1, 'a'), (2, 'b')");
        await table.WriteAsync(History(), ["1|A", "3|c"]);
        Assert.Equal("1|a|f\n1|A|t\n2|b|t\n3|c|t", table.Sql("SELECT id, name, _is_current FROM public.t ORDER BY id, _is_current"));
    }

    public static TheoryData<string, string, string?> Widenings => new()
    {
        { "smallint", "int64", "bigint" },
        { "integer", "int64", "bigint" },
        { "bigint", "int32", null },
        { "bigint", "uint64", "numeric(20,0)" },
        { "integer", "int16", null },
        { "real", "float64", "double precision" },
        { "numeric(5,2)", "decimal(10,3)", "numeric(10,3)" },
        { "numeric(12,4)", "decimal(10,4)", null },
        { "numeric(6,2)", "int32", "numeric(12,2)" },
        { "numeric", "decimal(38,9)", null },
        { "text", "int64", null },
    };

    [Theory]
    [MemberData(nameof(Widenings))]
    public async Task Columns_become_wide_enough_where_that_is_asked_for(string column, string type, string? wider)
    {
        DataType rows = type switch
        {
            "int16" => DataType.Int16,
            "int32" => DataType.Int32,
            "int64" => DataType.Int64,
            "uint64" => DataType.UInt64,
            "float64" => DataType.Float64,
            _ when type.StartsWith("decimal(", StringComparison.Ordinal) => DataType.Decimal(int.Parse(type[8..type.IndexOf(',')], System.Globalization.CultureInfo.InvariantCulture), type[^2] - '0'),
            _ => throw new ArgumentException(type),
        };
        var request = new SinkRequest { Schema = WrittenTable.SchemaOf(("v", rows)), RunId = "" };
        var table = new WrittenTable($"CREATE TABLE public.t (v {column}); INSERT INTO public.t VALUES (1)");
        if (wider is not null)
        {
            var error = await Assert.ThrowsAsync<MillraceException>(() => table.WriteAsync(request, o => o with { SchemaChanges = SchemaChanges.None }, ["7"]));
            Assert.Contains($"the column 'v' is {column}, and the rows have {wider}", error.Message, StringComparison.Ordinal);
        }

        await table.WriteAsync(request, o => o with { SchemaChanges = SchemaChanges.Widen }, ["7"]);
        Assert.Equal($"{wider ?? column}|2", table.Sql("SELECT format_type(atttypid, atttypmod), (SELECT count(*) FROM public.t) FROM pg_attribute WHERE attrelid = 'public.t'::regclass AND attname = 'v'"));
    }

    [Theory]
    [InlineData(WriteMode.Append)]
    [InlineData(WriteMode.Merge)]
    [InlineData(WriteMode.Overwrite)]
    public async Task A_text_that_is_too_long_lifts_the_limit_of_its_column_where_that_is_asked_for(WriteMode mode)
    {
        var request = new SinkRequest { Schema = WrittenTable.SchemaOf(("id", DataType.Int64), ("name", DataType.Utf8), ("other", DataType.Utf8)), RunId = "", Mode = mode, Key = mode == WriteMode.Merge ? ["id"] : [] };
        var table = new WrittenTable("CREATE TABLE public.t (id bigint PRIMARY KEY, name varchar(4), other varchar(4))");
        await Assert.ThrowsAsync<MillraceException>(() => table.WriteAsync(request, ["1|a|b", "2|hello|b"]));

        // The server counts characters, and four of them are not too long.
        await table.WriteAsync(request, o => o with { SchemaChanges = SchemaChanges.Widen }, ["1|ääää|b"]);
        table.Sql("DELETE FROM public.t");
        Assert.Equal("character varying(4)|character varying(4)", Types());
        await table.WriteAsync(request, o => o with { SchemaChanges = SchemaChanges.Widen }, ["1|a|b", "2|b|", "--", "3|ääääö|d", "4|d|e", "--", "5|longer yet|f"], ["6|as long as it likes|g"]);
        Assert.Equal("character varying|character varying(4)", Types());
        Assert.Equal("1:a,2:b,3:ääääö,4:d,5:longer yet,6:as long as it likes", table.Sql("SELECT string_agg(id || ':' || name, ',' ORDER BY id) FROM public.t"));

        string Types() => table.Sql("SELECT string_agg(format_type(atttypid, atttypmod), '|' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'public.t'::regclass AND attname IN ('name', 'other')");
    }

    [Fact]
    public async Task A_table_that_is_not_to_be_changed_is_compared_with_the_rows()
    {
        var table = new WrittenTable("CREATE TABLE public.t (id integer)");
        var error = await Assert.ThrowsAsync<MillraceException>(() => table.WriteAsync(new SinkRequest { Schema = Plain, RunId = "" }, o => o with { SchemaChanges = SchemaChanges.None }, ["1|a"]));
        Assert.Equal("MR3211", error.Code.Id);
        Assert.Contains("it lacks the column 'name' (text); the column 'id' is integer, and the rows have bigint", error.Message, StringComparison.Ordinal);
        await table.WriteAsync(new SinkRequest { Schema = Plain, RunId = "" }, ["1|a"]);
        Assert.Equal("integer", table.Sql("SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'public.t'::regclass AND attname = 'id'"));
    }

    private static SinkRequest Snapshot() => new() { Schema = Plain, RunId = "", Mode = WriteMode.SnapshotDiff, Key = ["id"], IsSnapshot = true };

    private static SinkRequest History(bool isSnapshot = false) => new() { Schema = Plain, RunId = "", Mode = WriteMode.Scd2, Key = ["id"], IsSnapshot = isSnapshot };
}
