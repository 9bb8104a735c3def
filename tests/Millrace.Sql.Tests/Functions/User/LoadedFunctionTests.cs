using Millrace.Columnar;
using Millrace.Sql.Catalog;
using Millrace.Sql.Execution;
using Millrace.Sql.Functions;
using Millrace.Sql.Parsing;
using Millrace.TestKit;
using FunctionTable = Millrace.Sql.Functions.FunctionTable;

namespace Millrace.Sql.Tests.Functions;

/// <summary>Functions of the assembly that tests/Millrace.SampleFunctions makes.</summary>
public sealed class LoadedFunctionTests
{
    private static readonly string SamplePath = Path.Combine(AppContext.BaseDirectory, "Millrace.SampleFunctions.dll");

    private static readonly FunctionTable Table = BuiltInFunctions.Table.With(FunctionAssembly.Load(SamplePath));

    [Theory]
    [InlineData("fahrenheit(100)", "212")]
    [InlineData("fahrenheit(37.5)", "99.5")]
    [InlineData("fahrenheit(NULL)", "NULL")]
    [InlineData("add_tax(10.00)", "11.90")]
    [InlineData("add_tax(0.05, 7)", "0.05")]
    [InlineData("add_tax(1e2::decimal(5,1), 50)", "150.00")]
    [InlineData("describe_it(7)", "number 7")]
    [InlineData("describe_it('x')", "text x")]
    [InlineData("describe_it(true)", "yes")]
    [InlineData("describe_it(false)", "NULL")]
    [InlineData("describe_it(NULL::varchar)", "nothing")]
    [InlineData("describe_it(NULL::bigint)", "NULL")]
    [InlineData("glue('-')", "")]
    [InlineData("glue('-', 'a', 'b', 'c')", "a-b-c")]
    [InlineData("glue('-', 'a', NULL)", "NULL")]
    [InlineData("weekday_name(DATE '2024-02-29')", "Thursday")]
    [InlineData("moved(TIMESTAMP '2024-02-28 12:00:00', INTERVAL '36 hours')", "2024-03-01 00:00:00")]
    [InlineData("moved(TIMESTAMP '1969-12-31 23:59:59.5', INTERVAL '1 day')", "1970-01-01 23:59:59.5")]
    [InlineData("doubled(ARRAY[1, NULL, 3])", "[2,null,6]")]
    [InlineData("doubled(NULL)", "NULL")]
    [InlineData("same_id(UUID '01234567-89ab-cdef-0123-456789abcdef')", "01234567-89ab-cdef-0123-456789abcdef")]
    [InlineData("tagged(JSON '[1]') ->> '$.tag[0]'", "1")]
    [InlineData("with_default(NULL, 2)", "2")]
    [InlineData("with_default(1, NULL)", "NULL")]
    [InlineData("octet_length(flipped(X'CAFE'))", "2")]
    [InlineData("encode(flipped(X'CAFE'), 'hex')", "feca")]
    public async Task An_expression_has_the_value_that_the_method_gives(string expression, string expected)
    {
        Assert.Equal([expected], await RunAsync($"SELECT coalesce(({expression})::varchar, 'NULL')"));

        Assert.Equal([expected, expected], await RunAsync($"SELECT coalesce(({expression})::varchar, 'NULL') FROM generate_series(1, 2) AS t(i) WHERE i > 0"));
    }

    [Fact]
    public async Task Values_of_columns_are_read_row_by_row()
    {
        List<string> rows = await RunAsync("SELECT i, fahrenheit(i), describe_it(nullif(i, 2)) FROM generate_series(0, 3) AS t(i) ORDER BY i");
        Assert.Equal(["0|32|number 0", "1|33.8|number 1", "2|35.6|null", "3|37.4|number 3"], rows);
    }

    [Fact]
    public async Task An_exception_is_a_bad_row_with_the_name_of_the_function()
    {
        var faults = new List<RowFault>();
        List<string> rows = await RunAsync("SELECT parse_number(x) FROM (VALUES ('1'), ('two'), (NULL), ('4'), ('')) AS t(x)", faults);
        Assert.Equal(["1", "null", "4"], rows);
        Assert.Equal(2, faults.Count);
        Assert.All(faults, f => Assert.Equal("MR5310", f.Code.Id));
        Assert.StartsWith("parse_number() threw FormatException: ", faults[0].Message);
        Assert.Contains("'two'", faults[0].Message);
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => RunAsync("SELECT parse_number('x')"));
        Assert.Equal("MR5310", error.Code.Id);
    }

    [Fact]
    public async Task A_branch_that_is_not_taken_is_not_called()
        => Assert.Equal(["1", "0"], await RunAsync("SELECT CASE WHEN x = 'one' THEN 0 ELSE parse_number(x) END FROM (VALUES ('1'), ('one')) AS t(x)"));

    [Fact]
    public async Task A_value_that_the_method_has_no_place_for_is_a_bad_row()
    {
        MillraceException digits = await Assert.ThrowsAsync<MillraceException>(() => RunAsync("SELECT add_tax(12345678901234567890123456789012345678)"));
        Assert.Equal("MR5311", digits.Code.Id);
        MillraceException months = await Assert.ThrowsAsync<MillraceException>(() => RunAsync("SELECT moved(TIMESTAMP '2024-01-01 00:00:00', INTERVAL '1 month')"));
        Assert.Contains("months", months.Message);
        MillraceException wide = await Assert.ThrowsAsync<MillraceException>(() => RunAsync("SELECT add_tax(99999999999999999)"));
        Assert.Contains("decimal(18,2)", wide.Message);
        MillraceException json = await Assert.ThrowsAsync<MillraceException>(() => RunAsync("SELECT as_json('{')"));
        Assert.StartsWith("as_json: the result is not valid JSON: ", json.Message);
    }

    [Fact]
    public async Task A_function_that_is_not_deterministic_is_called_for_each_row()
        => Assert.Equal(["5"], await RunAsync("SELECT count(DISTINCT n) FROM (SELECT next_call() AS n FROM generate_series(1, 5)) AS t"));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_aggregate_of_plain_values_gives_what_arithmetic_gives(int lanes)
    {
        List<string> rows = await RunAsync(
            "SELECT i % 3 AS g, round(geometric_mean(i), 9), round(exp(avg(ln(i))), 9) FROM generate_series(1, 20000) AS t(i) GROUP BY g ORDER BY g", lanes: lanes);
        Assert.Equal(3, rows.Count);
        Assert.All(rows, r => Assert.Equal(r.Split('|')[1], r.Split('|')[2]));
        Assert.Equal(["null"], await RunAsync("SELECT geometric_mean(i) FROM generate_series(1, 3) AS t(i) WHERE i > 5"));
        Assert.Equal(["2"], await RunAsync("SELECT geometric_mean(x) FROM (VALUES (2.0), (NULL), (2.0)) AS t(x)"));
    }

    [Fact]
    public async Task An_aggregate_of_objects_keeps_its_groups_apart()
    {
        List<string> rows = await RunAsync("SELECT g, word_counts(x) FROM (VALUES (1, 'a b a'), (2, 'c'), (1, 'b'), (2, NULL)) AS t(g, x) GROUP BY g ORDER BY g");
        Assert.Equal(["1|a=2 b=2", "2|c=1"], rows);
        Assert.Equal(["a=1 b=1"], await RunAsync("SELECT word_counts(x, ',') FROM (VALUES ('a,b')) AS t(x)"));
    }

    [Fact]
    public async Task An_aggregate_runs_over_frames()
        => Assert.Equal(["1|2", "2|2.828427", "3|5.656854"], await RunAsync("""
            SELECT i, round(geometric_mean(x) OVER (ORDER BY i ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), 6)
            FROM (VALUES (1, 2), (2, 4), (3, 8)) AS t(i, x) ORDER BY i
            """));

    [Fact]
    public async Task A_group_whose_rows_throw_is_a_bad_row_and_others_are_not()
    {
        var faults = new List<RowFault>();
        List<string> rows = await RunAsync("SELECT g, geometric_mean(x) FROM (VALUES (1, 4), (2, -1), (3, 1), (2, 1)) AS t(g, x) GROUP BY g ORDER BY g", faults);
        Assert.Equal(["1|4", "3|1"], rows);
        Assert.Equal("geometric_mean() threw ArgumentException: -1 is not greater than zero.", Assert.Single(faults).Message);
    }

    [Fact]
    public void The_table_shows_loaded_functions_as_any_other()
    {
        SqlFunction function = Table.Find("ADD_TAX")!;
        Assert.Equal(["add_tax(decimal, [integer]) → decimal(18,2)"], function.Signatures);
        Assert.Equal("A price with its tax in per cent.", function.Doc);
        Assert.Equal("Millrace.SampleFunctions.dll", function.Origin);
        Assert.Equal("A function of Millrace.SampleFunctions.dll.", Table.Find("same_id")!.Doc);
        Assert.Equal(["word_counts(varchar, [varchar]) → varchar"], Table.Find("word_counts")!.Signatures);
        Assert.Equal(3, Table.Find("describe_it")!.Signatures.Count);
    }

    [Fact]
    public async Task Arguments_of_other_types_are_an_error_that_lists_the_signatures()
    {
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => RunAsync("SELECT fahrenheit('2024-01-01'::date)"));
        Assert.Contains("fahrenheit(double)", error.Message + error.Hint);
    }

    [Fact]
    public void An_assembly_that_is_loaded_again_takes_its_own_place()
    {
        FunctionTable again = Table.With(FunctionAssembly.Load(SamplePath));
        Assert.Equal(Table.All.Count, again.All.Count);
        Assert.NotSame(Table.Find("fahrenheit"), again.Find("fahrenheit"));
    }

    [Fact]
    public void A_name_that_is_taken_is_an_error_that_says_by_whom()
    {
        SqlFunction upper = Table.Find("fahrenheit")! with { Name = "upper", Origin = "mine.dll" };
        MillraceException error = Assert.Throws<MillraceException>(() => BuiltInFunctions.Table.With([upper]));
        Assert.Equal("MR5315", error.Code.Id);
        Assert.Equal("mine.dll has a function 'upper', and Millrace has one of that name.", error.Message);
    }

    [Fact]
    public void What_is_no_assembly_of_functions_is_an_error()
    {
        Assert.Equal("MR5312", Assert.Throws<MillraceException>(() => FunctionAssembly.Load("/no/such/file.dll")).Code.Id);
        string text = Path.GetTempFileName();
        try
        {
            File.WriteAllText(text, "no assembly");
            Assert.Equal("MR5312", Assert.Throws<MillraceException>(() => FunctionAssembly.Load(text)).Code.Id);
        }
        finally
        {
            File.Delete(text);
        }

        MillraceException none = Assert.Throws<MillraceException>(() => FunctionAssembly.Load(typeof(DataType).Assembly.Location));
        Assert.Equal("MR5313", none.Code.Id);
        Assert.Contains("[SqlFunction", none.Hint);
    }

    private static async Task<List<string>> RunAsync(string sql, List<RowFault>? faults = null, int lanes = 2)
    {
        var rows = new List<string>();
        await LeakCheck.RunAsync(async () =>
        {
            var context = new QueryContext
            {
                Lanes = lanes,
                Memory = new MemoryBudget(long.MaxValue),
                OnRowFaults = faults is null ? null : (_, found) =>
                {
                    lock (faults)
                    {
                        faults.AddRange(found);
                    }
                },
            };
            var query = (QueryStatement)SqlParser.ParseStatement(new SourceText(sql));
            QueryResult result = await SqlEngine.QueryAsync(query.Query, new MemoryCatalog(), Table, context, TestContext.Current.CancellationToken);
            await foreach (RecordBatch batch in result.Rows)
            {
                using (batch)
                {
                    rows.AddRange(Enumerable.Range(0, batch.Length).Select(r => string.Join('|', batch.Columns.Select(c => ColumnText.Plain(c, r)))));
                }
            }
        });
        return rows;
    }
}
