using Millrace.Columnar;
using Millrace.Sql.Execution;
using Millrace.TestKit;

namespace Millrace.Sql.Tests.Execution;

/// <summary>The table of a join's kept side, however many threads put it together.</summary>
[Trait("speed", "slow")]
public sealed class JoinTableTests
{
    private const int Rows = 150_000;

    [Theory]
    [InlineData(1, 1_000_000_007)]
    [InlineData(2, 1_000_000_007)]
    [InlineData(3, 40_000)]
    [InlineData(4, 3)]
    public void Every_row_is_found_by_its_key_in_the_order_of_the_rows(int threads, int keys)
    {
        using var leaks = new LeakCheck();
        var random = new Random(threads);
        var expected = new Dictionary<long, List<int>>();
        using var builder = new FixedBuilder<long>(DataType.Int64, Rows);
        for (int row = 0; row < Rows; row++)
        {
            if (random.Next(10) == 0)
            {
                builder.AppendNull();
                continue;
            }

            long key = random.Next(keys);
            builder.Append(key);
            (expected.TryGetValue(key, out List<int>? rows) ? rows : expected[key] = []).Add(row);
        }

        var batch = new RecordBatch(new Schema([new Field("k", DataType.Int64)]), Rows, [builder.Build()]);
        using var table = new JoinTable(batch, Rows, [0], [false], seed: 0, threads);
        long[] sought = [.. expected.Keys];
        var hashes = new ulong[sought.Length];
        using var probe = new FixedBuilder<long>(DataType.Int64, sought.Length);
        Array.ForEach(sought, probe.Append);
        using Column probed = probe.Build();
        Hash.Rows([probed], hashes, table.Seed);
        var first = new int[sought.Length];
        table.Find(hashes, first);
        var column = (FixedColumn<long>)table.Rows[0];
        for (int i = 0; i < sought.Length; i++)
        {
            var found = new List<int>();
            for (int row = first[i]; row != JoinTable.None; row = table.Next(row))
            {
                if (column.Values[row] == sought[i])
                {
                    found.Add(row);
                }
            }

            Assert.Equal(expected[sought[i]], found);
        }
    }
}
