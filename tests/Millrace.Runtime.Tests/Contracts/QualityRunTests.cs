using Millrace.Columnar;
using Millrace.Runtime.Contracts;
using Millrace.Sdk;
using Millrace.TestKit;

namespace Millrace.Runtime.Tests.Contracts;

/// <summary>Quality rules over batches of ids and names, against counts made row by row.</summary>
public sealed class QualityRunTests
{
    private static readonly Schema Schema = new(new Field("id", DataType.Int64), new Field("name", DataType.Utf8));

    private static readonly (long? Id, string? Name)[] Rows = [(1, "a"), (2, ""), (2, null), (null, "n/a"), (3, "b7"), (3, "b7"), (null, "n/a"), (9, "a")];

    [Theory]
    [InlineData("{rule: rowCount, mustBe: 8}", null, "8", true)]
    [InlineData("{rule: rowCount, mustBeBetween: [1, 7]}", null, "8", false)]
    [InlineData("{metric: rowCount, mustNotBeBetween: [1, 7]}", null, "8", true)]
    [InlineData("{rule: nullValues}", "id", "2", false)]
    [InlineData("{metric: nullValues, mustBeLessOrEqualTo: 25, unit: percent}", "id", "25 %", true)]
    [InlineData("{metric: nullValues, mustBeLessThan: 25, unit: percent}", "id", "25 %", false)]
    [InlineData("{rule: missingValues, mustBe: 2}", "name", "2", true)]
    [InlineData("{metric: missingValues, arguments: {missingValues: [null, '', n/a]}, mustBeLessThan: 4}", "name", "4", false)]
    [InlineData("{metric: missingValues, arguments: {missingValues: [9]}, mustBe: 1}", "id", "1", true)]
    [InlineData("{metric: missingValues, arguments: {missingValues: ['', N/A, 9]}, mustBe: 1}", "id", "1", true)]
    [InlineData("{metric: missingValues, arguments: {missingValues: [null, '', N/A]}, mustBe: 2}", "id", "2", true)]
    [InlineData("{metric: invalidValues, arguments: {validValues: [a, b7]}, mustBe: 3}", "name", "3", true)]
    [InlineData("{rule: validValues, validValues: [1, 2, 3], mustBe: 1}", "id", "1", true)]
    [InlineData("{metric: invalidValues, arguments: {pattern: '^[a-z]*[0-9]?$', validValues: [a, b7, n/a]}, mustBe: 3}", "name", "3", true)]
    [InlineData("{rule: duplicateCount, mustBeLessThan: 2}", "id", "2", false)]
    [InlineData("{metric: duplicateValues, mustBe: 3}", "name", "3", true)]
    [InlineData("{metric: duplicateValues, arguments: {properties: [id, name]}, mustBe: 1}", null, "1", true)]
    [InlineData("{type: sql, query: 'SELECT count(*) FROM ${table} WHERE ${column} > 2', mustBe: 3}", "id", "3", true)]
    [InlineData("{type: sql, query: 'SELECT avg({property}) FROM {object}', mustBeGreaterThan: 3.4}", "id", "3.3333", false)]
    [InlineData("{type: sql, query: 'SELECT sum(id)::decimal(9,2) FROM sales.orders', mustBe: 20}", null, "20", true)]
    [InlineData("{type: sql, query: 'SELECT max(id) < 9 FROM orders'}", null, "0", false)]
    [InlineData("{type: sql, query: 'SELECT max(id) FROM orders WHERE id > 100', mustBe: 0}", null, "without a value", false)]
    [InlineData("{type: sql, query: 'SELECT count(*) FROM orders a JOIN orders b ON a.id = b.id', mustBe: 10}", null, "10", true)]
    [InlineData("{type: sql, query: 'SELECT count(*) FROM orders WHERE id > (SELECT avg(id) FROM orders)', mustBe: 1}", null, "1", true)]
    public async Task A_rule_is_judged_over_all_batches(string rule, string? column, string found, bool holds) => await LeakCheck.RunAsync(async () =>
    {
        using QualityRun run = await OpenAsync(rule, column);
        Add(run);
        QualityResult result = Assert.Single(await run.JudgeAsync(TestContext.Current.CancellationToken));
        Assert.Equal((found, holds), (result.Found, result.Holds));
        Assert.StartsWith("must ", result.Expected, StringComparison.Ordinal);

        run.Clear();
        Add(run);
        Assert.Equal(result, Assert.Single(await run.JudgeAsync(TestContext.Current.CancellationToken)));
    });

    [Fact]
    public async Task An_epoch_without_rows_has_none_of_a_hundred() => await LeakCheck.RunAsync(async () =>
    {
        using QualityRun run = await OpenAsync("{rule: nullValues, unit: percent, mustBe: 0}", "id");
        Assert.True(Assert.Single(await run.JudgeAsync(TestContext.Current.CancellationToken)) is { Holds: true, Found: "0 %" });
    });

    [Theory]
    [InlineData("{type: sql, query: \"SELECT count(*) FROM orders WHERE name = 'a'\", mustBe: 2}", null)]
    [InlineData("{rule: rowCount, mustBe: 8}", null)]
    [InlineData("{rule: nullValues, mustBe: 1}", "name")]
    [InlineData("{rule: missingValues, mustBe: 2}", "name")]
    [InlineData("{metric: invalidValues, arguments: {validValues: [a, b7]}, mustBe: 3}", "name")]
    [InlineData("{metric: duplicateValues, mustBe: 3}", "name")]
    [InlineData("{metric: duplicateValues, arguments: {properties: [id, name]}, mustBe: 1}", null)]
    public async Task Values_that_are_encoded_count_as_what_they_stand_for(string rule, string? column) => await LeakCheck.RunAsync(async () =>
    {
        using QualityRun run = await OpenAsync(rule, column);
        using RecordBatch plain = Batch(Rows);
        using RecordBatch encoded = Encoded.Of(plain);
        run.Add(encoded);
        Assert.True(Assert.Single(await run.JudgeAsync(TestContext.Current.CancellationToken)).Holds);
    });

    [Theory]
    [InlineData("date", "2024-01-01 1970-01-01", "['', N/A, 1970-01-01]")]
    [InlineData("timestamp", "2024-01-01T00:00:00 1970-01-01T00:00:00", "[never, '1970-01-01 00:00:00']")]
    [InlineData("decimal(9,2)", "1.5 -1", "['', n/a, -1.00]")]
    [InlineData("double", "1.5 -1", "[none, -1]")]
    [InlineData("boolean", "true false", "['', N/A, 'false']")]
    [InlineData("uuid", "6f9619ff-8b86-d011-b42d-00c04fc964ff 00000000-0000-0000-0000-000000000000", "['', N/A, 00000000-0000-0000-0000-000000000000]")]
    [InlineData("fixed(2)", @"\x0102 \x0000", @"['', N/A, '\x0000', '\x000000']")]
    [InlineData("varbinary", "abc none", "[none, N/A]")]
    public async Task A_word_that_a_type_cannot_hold_stands_for_no_missing_value(string name, string values, string words) => await LeakCheck.RunAsync(async () =>
    {
        var schema = new Schema(new Field("c", DataType.Parse(name)));
        using var texts = new BinaryBuilder(DataType.Utf8);
        foreach (string value in values.Split(' '))
        {
            texts.Append(value);
        }

        texts.AppendNull();
        using Column text = texts.Build();
        using var batch = new RecordBatch(schema, text.Length, Cast.To(text, schema[0].Type).Column);
        foreach ((string list, string found) in new[] { (words, "1"), (words.Replace("[", "[null, ", StringComparison.Ordinal), "2"), ("['', N/A/]", "0") })
        {
            AssetSpec asset = Asset($"{{metric: missingValues, arguments: {{missingValues: {list}}}}}", "c");
            using QualityRun run = await QualityRun.OpenAsync(QualityRules.Of(asset), asset, schema, TestContext.Current.CancellationToken);
            run.Add(batch);
            Assert.Equal(found, Assert.Single(await run.JudgeAsync(TestContext.Current.CancellationToken)).Found);
        }
    });

    [Fact]
    public async Task A_word_that_can_never_be_valid_is_told_with_its_rule()
    {
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(async () => (await OpenAsync("{metric: invalidValues, validValues: [1, x]}", "id")).Dispose());
        Assert.Contains("The rule 'id.invalidValues' lists 'x', which is no value of bigint", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_beyond_the_memory_are_read_from_disk() => await LeakCheck.RunAsync(async () =>
    {
        using var kept = new KeptRows(Schema, memory: 256);
        for (int i = 0; i < 20; i++)
        {
            using RecordBatch batch = Batch(Rows);
            kept.Add(batch);
        }

        QualityRule rule = Compiled("{type: sql, query: 'SELECT sum(id) FROM orders', mustBe: 400}", null, out AssetSpec asset);
        QualityQuery query = await QualityQuery.OpenAsync(rule, asset, Schema, TestContext.Current.CancellationToken);
        Assert.Equal(["id"], query.Columns);
        Assert.Equal(400, await query.RunAsync(asset, kept, TestContext.Current.CancellationToken));
        Assert.Equal(160, kept.RowEstimate);
    });

    [Theory]
    [InlineData("{type: text, description: x}", null, "it is text for people")]
    [InlineData("{type: custom, engine: soda, implementation: x}", "id", "it is for soda")]
    [InlineData("{rule: freshness, mustBe: 1}", "id", "'freshness' is no metric of the standard")]
    [InlineData("{rule: nullValues}", "gone", "the rows have no column 'gone'")]
    [InlineData("{rule: duplicateValues, arguments: {properties: [id, gone]}}", null, "the rows have no column 'gone'")]
    public async Task What_is_not_evaluated_is_said(string rule, string? column, string reason)
    {
        using QualityRun run = await OpenAsync(rule, column);
        Add(run);
        Assert.Empty(await run.JudgeAsync(TestContext.Current.CancellationToken));
        Assert.Contains(reason, Assert.Single(run.Skipped), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{rule: nulValues}", "id", "did you mean 'nullValues'?")]
    [InlineData("{rule: rowCount}", null, "does not say what the number of rows must be")]
    [InlineData("{rule: rowCount, mustBe: many}", null, "'many', which is no number")]
    [InlineData("{rule: rowCount, mustBeBetween: [1]}", null, "names 1 numbers where two are needed")]
    [InlineData("{rule: rowCount, mustBeBetween: [9, 1]}", null, "9 before 1")]
    [InlineData("{rule: rowCount, mustBe: 1, unit: percent}", null, "always 100 %")]
    [InlineData("{rule: nullValues}", null, "is about a column")]
    [InlineData("{rule: invalidValues}", "id", "neither validValues nor pattern")]
    [InlineData("{rule: duplicateValues}", null, "names no columns")]
    [InlineData("{type: sql, mustBe: 1}", null, "has no query")]
    [InlineData("{mustBe: 1}", null, "names no metric")]
    [InlineData("{type: sql, query: 'DROP TABLE orders'}", null, "is no query")]
    [InlineData("{type: sql, query: 'SELECT id, id FROM orders', mustBe: 1}", null, "gives 2 columns")]
    [InlineData("{type: sql, query: 'SELECT name FROM orders', mustBe: 1}", null, "gives values of varchar")]
    [InlineData("{type: sql, query: 'SELECT count(*) FROM orders'}", null, "does not say what its number must be")]
    [InlineData("{type: sql, query: 'SELECT count(*) FROM ordres', mustBe: 1}", null, "did you mean 'orders'?")]
    [InlineData("{type: sql, query: 'SELECT sum(idd) FROM orders', mustBe: 1}", null, "did you mean 'id'?")]
    [InlineData("{type: sql, query: \"SELECT count(*) FROM 'other.csv'\", mustBe: 1}", null, "cannot be opened by a quality rule")]
    public async Task A_rule_that_makes_no_sense_is_refused_before_the_first_row(string rule, string? column, string message)
    {
        MillraceException e = await Assert.ThrowsAnyAsync<MillraceException>(async () => (await OpenAsync(rule, column)).Dispose());
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_query_of_many_rows_has_no_number() => await LeakCheck.RunAsync(async () =>
    {
        using QualityRun run = await OpenAsync("{type: sql, query: 'SELECT id FROM orders', mustBe: 1}", null);
        Add(run);
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => run.JudgeAsync(TestContext.Current.CancellationToken));
        Assert.Contains("gives 8 rows where one number is needed", e.Message, StringComparison.Ordinal);
    });

    private static void Add(QualityRun run)
    {
        foreach ((long? Id, string? Name)[] part in Rows.Chunk(3))
        {
            using RecordBatch batch = Batch(part);
            run.Add(batch);
        }
    }

    private static RecordBatch Batch((long? Id, string? Name)[] rows)
    {
        using var ids = new FixedBuilder<long>(DataType.Int64);
        using var names = new BinaryBuilder(DataType.Utf8);
        foreach ((long? id, string? name) in rows)
        {
            if (id is { } number)
            {
                ids.Append(number);
            }
            else
            {
                ids.AppendNull();
            }

            if (name is null)
            {
                names.AppendNull();
            }
            else
            {
                names.Append(name);
            }
        }

        return new RecordBatch(Schema, rows.Length, ids.Build(), names.Build());
    }

    private static Task<QualityRun> OpenAsync(string rule, string? column)
    {
        AssetSpec asset = Asset(rule, column);
        return QualityRun.OpenAsync(QualityRules.Of(asset), asset, Schema, TestContext.Current.CancellationToken);
    }

    private static QualityRule Compiled(string rule, string? column, out AssetSpec asset)
    {
        asset = Asset(rule, column);
        return QualityRules.Of(asset).Evaluated.Single();
    }

    private static AssetSpec Asset(string rule, string? column)
    {
        OptionMap map = YamlFile.Parse(rule, "rule.yaml", new VariableExpander(_ => null).Keeping(QualityQuery.Placeholders));
        var faults = new OptionFaults();
        QualitySpec spec = OptionBinder.Bind<QualitySpec>(map, faults);
        faults.ThrowIfAny();
        return new AssetSpec
        {
            Name = "orders",
            Quality = column is null ? [spec] : [],
            Schema = column is null ? [] : [new AssetColumn { Name = column, Quality = [spec] }],
        };
    }
}
