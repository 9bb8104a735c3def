using System.Text;
using Millrace.Connectors.Postgres;
using Millrace.Connectors.Tests.Databases;

namespace Millrace.Connectors.Tests.Postgres;

/// <summary>One bad row costs the others nothing where it may be set aside, and is named where it may not.</summary>
[Trait("speed", "slow")]
public sealed class PostgresBadRowTests
{
    private static readonly Schema Texts = WrittenTable.SchemaOf(("id", DataType.Int64), ("v", DataType.Utf8));

    private readonly ListedErrors _errors = new();

    public static TheoryData<string, string, string> Refusals => new()
    {
        { "id bigint PRIMARY KEY, v text", "2|a;2|b", "t_pkey" },
        { "id bigint, v text CHECK (v <> 'bad')", "1|bad", "t_v_check" },
        { "id bigint, v text REFERENCES public.other", "1|nobody", "t_v_fkey" },
        { "id bigint, v text REFERENCES public.other DEFERRABLE INITIALLY DEFERRED", "1|nobody", "t_v_fkey" },
        { "id bigint, v varchar(5)", "1|too long", "character varying(5)" },
        { "id bigint, v numeric(4,2)", "1|123.45", "numeric field overflow" },
        { "id bigint, v public.mood", "1|nonsense", "nonsense" },
        { "id bigint, v public.even", "1|3", "even_check" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_only_the_server_can_tell_is_found_and_set_aside(string columns, string bad, string reason)
    {
        WrittenTable table = New(columns);
        string[] rows = [.. Good(10, 40), .. bad.Split(';'), .. Good(50, 20)];

        string last = bad.Split(';')[^1];
        await table.WriteAsync(Append(_errors), [.. Good(100, 5)], rows, ["90|2", last, "91|2"]);

        Assert.Equal(2, _errors.Rows.Count);
        Assert.All(_errors.Rows, e => Assert.Equal(PostgresErrors.RowRefused, e.Code));
        Assert.All(_errors.Rows, e => Assert.Contains(reason, e.Message, StringComparison.Ordinal));
        Assert.All(_errors.Rows, e => Assert.Equal(last.Split('|')[1], Value(e)));
        Assert.Equal($"{5 + rows.Length - 1 + 2}", table.Sql("SELECT count(*) FROM public.t"));
        Assert.Equal(table.Sql("SELECT count(*) FROM public.t"), table.Sql("SELECT sum(rows) FROM _millrace.checkpoint"));
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_job_that_fails_at_a_bad_row_says_which_rule_it_breaks_and_writes_nothing(string columns, string bad, string reason)
    {
        WrittenTable table = New(columns);

        var error = await Assert.ThrowsAsync<MillraceException>(() => table.WriteAsync(Append(null), [.. Good(10, 5), .. bad.Split(';')]));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Equal("0", table.Sql("SELECT count(*) FROM public.t"));
    }

    [Fact]
    public async Task A_merge_sets_aside_rows_that_break_another_rule_and_keeps_the_order_of_the_others()
    {
        var table = new WrittenTable("CREATE TABLE public.t (id bigint PRIMARY KEY, v text CHECK (v <> 'bad'))");

        await table.WriteAsync(Append(_errors) with { Mode = WriteMode.Merge, Key = ["id"] }, ["1|a", "2|bad", "1|b", "3|bad", "3|c", "|x", "4|d", "1|bad"]);

        Assert.Equal("1|b\n3|c\n4|d", table.Sql("SELECT * FROM public.t ORDER BY id"));
        Assert.Equal(["MR3209", "MR3214", "MR3214", "MR3214"], _errors.Rows.Select(e => e.Code.Id));
    }

    [Theory]
    [InlineData("text", "a␀b", "NUL")]
    [InlineData("jsonb", """{"a":"\u0000"}""", "\\u0000")]
    [InlineData("smallint", "32768", "smallint")]
    [InlineData("text NOT NULL", "", "NULL")]
    public async Task Values_that_no_column_takes_are_found_before_they_are_sent(string type, string bad, string reason)
    {
        var table = new WrittenTable($"CREATE TABLE public.t (id bigint, v {type})");
        DataType sent = type switch
        {
            "jsonb" => DataType.Json,
            "smallint" => DataType.Int64,
            _ => DataType.Utf8,
        };
        string good = type switch { "jsonb" => """{"a":"\\u0000"}""", "smallint" => "1", _ => "x" };
        Schema schema = WrittenTable.SchemaOf(("id", DataType.Int64), ("v", sent));

        await table.WriteAsync(new SinkRequest { Schema = schema, RunId = "", Errors = _errors }, [$"1|{good}", $"2|{bad.Replace('␀', '\0')}", $"3|{good}"]);

        Assert.Equal("1\n3", table.Sql("SELECT id FROM public.t ORDER BY id"));
        RowError error = Assert.Single(_errors.Rows);
        Assert.Equal("v", error.Place.Field);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_that_fails_at_a_NUL_says_where_and_what_to_do()
    {
        WrittenTable table = New("id bigint, v text");

        var error = await Assert.ThrowsAsync<MillraceException>(() => table.WriteAsync(Append(null), ["1|c", "2|a\0b"]));

        Assert.Equal(("MR3209", "v", "public.t"), (error.Code.Id, error.Place?.Field, error.Place?.Stream));
        Assert.Contains("NUL", error.Message, StringComparison.Ordinal);
        Assert.Contains("dead_letter", error.Hint, StringComparison.Ordinal);
        Assert.Equal("0", table.Sql("SELECT count(*) FROM public.t"));
    }

    [Fact]
    public void Dates_and_timestamps_are_bounded_by_those_of_the_server()
    {
        Assert.Equal([0, 3], Bad<int>(DataType.Date, "date", -2440589, -2440588, 2145042905, 2145042906, int.MaxValue, -int.MaxValue));
        Assert.Equal([0], Bad<long>(DataType.Timestamp(), "timestamp", -210866803200000001, -210866803200000000, long.MaxValue, -long.MaxValue));
    }

    [Fact]
    public void The_bounds_are_those_of_the_server()
    {
        var table = new WrittenTable();
        Assert.Equal("-2440588|2145042905", table.Sql("SELECT '4714-11-24 BC'::date - '1970-01-01'::date, '5874897-12-31'::date - '1970-01-01'::date"));
        Assert.Equal("-210866803200", table.Sql("SELECT extract(epoch FROM '4714-11-24 00:00:00 BC'::timestamp)::int8"));
    }

    private static List<int> Bad<T>(DataType type, string name, params T[] values)
        where T : unmanaged
    {
        using var builder = new FixedBuilder<T>(type, values.Length);
        foreach (T value in values)
        {
            builder.Append(value);
        }

        using Column column = builder.Build();
        var bad = new List<int>();
        var info = new ColumnInfo("v", 0, -1, NotNull: false, name, null, IsGenerated: false, HasDefault: false);
        ValueChecks.Find(column, new TargetColumn(0, info, WriteType.Text, TakesText: false, IsText: false), isKey: false, op: null, unchanged: null, (row, _) => bad.Add(row));
        return bad;
    }

    [Theory]
    [InlineData("days", "2", "-2147472692", "item that is -2147472692 days")]
    [InlineData("text[]", "a", "b\0", "item that holds a NUL")]
    public async Task Items_of_lists_are_values_like_others(string type, string good, string bad, string reason)
    {
        var table = new WrittenTable($"CREATE TABLE public.t (id bigint, v {(type == "days" ? "date[]" : type)})");
        DataType item = type == "days" ? DataType.Date : DataType.Utf8;
        Schema schema = WrittenTable.SchemaOf(("id", DataType.Int64), ("v", DataType.List(item)));

        await table.WriteBatchAsync(new SinkRequest { Schema = schema, RunId = "", Errors = _errors }, () => Lists(schema, [good], [], [good, bad], [good, good]));

        RowError error = Assert.Single(_errors.Rows);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Equal("1|1\n2|0\n4|2", table.Sql("SELECT id, cardinality(v) FROM public.t ORDER BY id"));
    }

    private static RecordBatch Lists(Schema schema, params string[][] lists)
    {
        using var ids = new FixedBuilder<long>(DataType.Int64, lists.Length);
        using var values = new ListBuilder(schema[1].Type, lists.Length);
        for (int i = 0; i < lists.Length; i++)
        {
            ids.Append(i + 1);
            foreach (string item in lists[i])
            {
                if (values.Items is FixedBuilder<int> days)
                {
                    days.Append(int.Parse(item, System.Globalization.CultureInfo.InvariantCulture));
                }
                else
                {
                    ((BinaryBuilder)values.Items).Append(item);
                }
            }

            values.AppendRow();
        }

        return new RecordBatch(schema, lists.Length, [ids.Build(), values.Build()]);
    }

    private static WrittenTable New(string columns) => new(
        "CREATE TABLE public.other (v text PRIMARY KEY); INSERT INTO public.other VALUES ('2'); CREATE TYPE public.mood AS ENUM ('2'); CREATE DOMAIN public.even AS int CHECK (VALUE % 2 = 0); "
        + $"CREATE TABLE public.t ({columns})");

    private static IEnumerable<string> Good(int first, int count) => Enumerable.Range(first, count).Select(i => $"{i}|2");

    private static string Value(RowError error) => System.Text.Json.Nodes.JsonNode.Parse(Encoding.UTF8.GetString(error.Raw.Span))!["v"]!.ToString();

    private static SinkRequest Append(IRowErrorHandler? errors) => new() { Schema = Texts, RunId = "", Errors = errors };
}
