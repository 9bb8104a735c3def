using System.Text.RegularExpressions;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Tests.Execution.Aggregation;

public sealed class GroupTableTests
{
    public static TheoryData<string> KeyTypes =>
    [
        "", "bigint", "integer", "smallint", "tinyint", "utinyint", "boolean", "date", "timestamp", "double", "real", "varchar", "bytes",
        "decimal(20,3)", "uuid", "bigint;varchar", "varchar;varchar", "date;bytes", "double;boolean", "varchar;varchar;integer", "double;boolean;decimal(5,1)", "array<varchar>",
        "struct<a integer, b varchar>;bigint", "varchar;array<struct<x double>>", "map<varchar, integer>",
    ];

    [Theory]
    [MemberData(nameof(KeyTypes))]
    public void Equal_keys_and_only_those_have_equal_groups(string types)
    {
        using var leaks = new LeakCheck();
        DataType[] keys = [.. types.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(DataType.Parse)];
        foreach (bool sliced in new[] { false, true })
        {
            var random = new RandomBatches(types.Length + 5, new RandomOptions { Sliced = sliced, MaxTextLength = 40, MaxItems = 2, EdgeDensity = 0.5 });
            using GroupTable table = GroupTable.Create(keys);
            var known = new Dictionary<string, int>();
            var texts = new List<string>();
            for (int round = 0; round < 4; round++)
            {
                // Rows are repeated, since random values seldom are.
                using RecordBatch once = random.Batch(new Schema(keys.Select((k, i) => new Field($"k{i}", k))), 300);
                int[] repeated = [.. Enumerable.Range(0, 600).Select(_ => random.Random.Next(300))];
                using RecordBatch batch = Take.Rows(once, repeated);
                var groups = new int[batch.Length];
                table.Find([.. batch.Columns], batch.Length, groups);
                for (int row = 0; row < batch.Length; row++)
                {
                    string text = Canonical(ColumnText.Row(batch, row));
                    if (!known.TryGetValue(text, out int group))
                    {
                        known.Add(text, group = known.Count);
                        texts.Add(text);
                    }

                    Assert.True(group == groups[row], $"{text} is in group {groups[row]}, not in {group}.");
                }
            }

            Assert.Equal(known.Count, table.Count);
            Column[] taken = table.TakeKeys();
            using var all = new RecordBatch(new Schema(keys.Select((k, i) => new Field($"k{i}", k))), keys.Length == 0 ? 1 : taken[0].Length, taken);
            Assert.Equal(texts, ColumnText.Rows(all).Select(Canonical));
        }
    }

    [Theory]
    [InlineData("varchar")]
    [InlineData("varchar;varchar")]
    [InlineData("varchar;bytes;varchar")]
    [InlineData("varchar;integer")]
    public void Keys_that_come_as_dictionaries_are_in_the_groups_of_their_values(string types)
    {
        using var leaks = new LeakCheck();
        DataType[] keys = [.. types.Split(';').Select(DataType.Parse)];
        var random = new RandomBatches(types.Length, new RandomOptions { MaxTextLength = 2, NullDensity = 0.1 });
        using GroupTable plain = GroupTable.Create(keys);
        using GroupTable table = GroupTable.Create(keys);
        for (int round = 0; round < 12; round++)
        {
            // Some batches share dictionaries, some do not, and some have too many values to be looked up by index.
            using RecordBatch once = random.Batch(new Schema(keys.Select((k, i) => new Field($"k{i}", k))), round % 4 == 3 ? 500 : 12);
            using RecordBatch encoded = Encoded.Of(once);
            for (int part = 0; part < 3; part++)
            {
                int[] rows = [.. Enumerable.Range(0, 200).Select(_ => random.Random.Next(once.Length))];
                using RecordBatch values = Take.Rows(once, rows);
                using RecordBatch indices = Take.Rows(encoded, rows);
                var expected = new int[rows.Length];
                var groups = new int[rows.Length];
                plain.Find([.. values.Columns], rows.Length, expected);
                bool mixed = round % 3 == 2;
                table.Find([.. (mixed && part == 1 ? values : indices).Columns], rows.Length, groups);
                Assert.Equal(expected, groups);
            }
        }

        Assert.Equal(plain.Count, table.Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(8)]
    public void Pairs_of_texts_of_one_length_are_told_apart(int length)
    {
        using var leaks = new LeakCheck();
        using GroupTable table = GroupTable.Create([DataType.Utf8, DataType.Utf8]);
        using var first = new BinaryBuilder(DataType.Utf8);
        using var second = new BinaryBuilder(DataType.Utf8);
        var random = new Random(length);
        var expected = new List<int>();
        var known = new Dictionary<string, int>();
        for (int i = 0; i < 500; i++)
        {
            string a = new((char)('a' + random.Next(5)), length);
            string b = random.Next(10) == 0 && i > 250 ? "other" : "x";
            first.Append(a);
            second.Append(b);
            expected.Add(known.TryGetValue(a + "|" + b, out int group) ? group : known[a + "|" + b] = known.Count);
        }

        using Column left = first.Build();
        using Column right = second.Build();
        var groups = new int[500];

        // The second half has texts of several lengths.
        foreach (int start in new[] { 0, 250 })
        {
            using Column a = left.Slice(start, 250);
            using Column b = right.Slice(start, 250);
            table.Find([a, b], 250, groups.AsSpan(start, 250));
        }

        Assert.Equal(expected, groups);
    }

    [Fact]
    public void Many_groups_grow_the_table()
    {
        using var leaks = new LeakCheck();
        foreach (DataType type in new[] { DataType.Int64, DataType.Utf8, DataType.Decimal(30, 0) })
        {
            using GroupTable table = GroupTable.Create([type]);
            using var numbers = new FixedBuilder<long>(DataType.Int64);
            for (long i = 0; i < 60_000; i++)
            {
                numbers.Append(i * 4096);
            }

            using Column column = numbers.Build();
            using Column keys = Cast.To(column, type).Column;
            var groups = new int[keys.Length];
            for (int round = 0; round < 2; round++)
            {
                table.Find([keys], keys.Length, groups);
                Assert.Equal(Enumerable.Range(0, keys.Length), groups);
            }
        }
    }

    [Fact]
    public void Zeros_are_equal_and_so_are_all_NaN()
    {
        using var leaks = new LeakCheck();
        using var builder = new FixedBuilder<double>(DataType.Float64);
        builder.Append([0.0, -0.0, double.NaN, BitConverter.Int64BitsToDouble(-1), 1]);
        using Column column = builder.Build();
        foreach (DataType[] types in new DataType[][] { [DataType.Float64], [DataType.Float64, DataType.Float64] })
        {
            using GroupTable table = GroupTable.Create(types);
            var groups = new int[5];
            table.Find([.. types.Select(_ => column)], 5, groups);
            Assert.Equal([0, 0, 1, 1, 2], groups);
        }
    }

    [Fact]
    public void Intervals_of_one_length_are_equal()
    {
        using var leaks = new LeakCheck();
        using var builder = new FixedBuilder<Interval>(DataType.Interval);
        builder.Append([new Interval(1, 0, 0), new Interval(0, 30, 0), new Interval(0, 29, 86_400_000_000_000), new Interval(0, 30, 1)]);
        using Column column = builder.Build();
        using GroupTable table = GroupTable.Create([DataType.Interval]);
        var groups = new int[4];
        table.Find([column], 4, groups);
        Assert.Equal([0, 0, 0, 1], groups);
    }

    // -0 equals 0; a row's text tells them apart.
    private static string Canonical(string row) => Regex.Replace(row, "-0(?=[,}\\]])", "0");
}
