using Millrace.Columnar;
using Millrace.Runtime.Contracts;
using Millrace.Sdk;
using Millrace.TestKit;

namespace Millrace.Runtime.Tests.Contracts;

[Trait("speed", "slow")]
public sealed class UniqueColumnsTests
{
    private static readonly Schema Schema = new(new Field("id", DataType.Int64), new Field("name", DataType.Utf8));

    [Fact]
    public void Repeats_are_found_across_batches_and_nulls_are_none() => LeakCheck.Run(() =>
    {
        var errors = new Collected();
        using ContractRun run = Run(ContractMode.Strict, out UniqueColumns unique);
        using UniqueColumns seen = unique;
        Assert.Equal([1, 2, null], Ids(Keep(seen, Batch(1, 2, 1, null), errors, run)));
        Assert.Equal([null, 3], Ids(Keep(seen, Batch(2, null, 3), errors, run)));
        Assert.Equal(["MR1111", "MR1111"], errors.All.Select(e => e.Code.Id));
        Assert.Equal(RowStage.Contract, errors.All[0].Stage);
        Assert.Equal(2, run.Breaches["id.unique"]);
    });

    [Fact]
    public void Rows_of_an_epoch_that_was_given_up_come_again() => LeakCheck.Run(() =>
    {
        var errors = new Collected();
        using ContractRun run = Run(ContractMode.Strict, out UniqueColumns unique);
        using UniqueColumns seen = unique;
        Keep(seen, Batch(1, 2), errors, run).Dispose();
        seen.Commit();
        Keep(seen, Batch(3, 4), errors, run).Dispose();
        seen.Abort();
        Assert.Equal([3, 4], Ids(Keep(seen, Batch(3, 4), errors, run)));
        Assert.Empty(errors.All);
        Assert.Equal([], Ids(Keep(seen, Batch(1, 2), errors, run)));
    });

    [Fact]
    public void Warn_counts_and_keeps() => LeakCheck.Run(() =>
    {
        using ContractRun run = Run(ContractMode.Warn, out UniqueColumns unique);
        using UniqueColumns seen = unique;
        Assert.Equal([1, 1], Ids(Keep(seen, Batch(1, 1), FailOnRowError.Instance, run)));
        Assert.Equal(1, run.Breaches["id.unique"]);
    });

    [Fact]
    public void Every_repeat_of_a_long_run_is_found_in_bounded_memory() => LeakCheck.Run(() =>
    {
        using var folder = new TempFolder();
        using ContractRun run = Run(ContractMode.Warn, out UniqueColumns unique, folder.Path, tableCapacity: 1 << 14);
        using UniqueColumns seen = unique;
        long before = BufferPool.BytesInUse;
        const int step = 1 << 14;
        for (int first = 0; first < 1 << 20; first += step)
        {
            using RecordBatch batch = Range(first, step);
            Keep(seen, batch.Share(), FailOnRowError.Instance, run).Dispose();
            if (first % (step * 3) == 0)
            {
                seen.Commit();
            }
        }

        Assert.Empty(run.Breaches);
        Assert.True(BufferPool.BytesInUse - before <= 4 << 20, $"{BufferPool.BytesInUse - before} bytes");
        foreach (int first in new[] { 0, 1 << 19, (1 << 20) - step })
        {
            using RecordBatch again = Range(first, step);
            Keep(seen, again.Share(), FailOnRowError.Instance, run).Dispose();
        }

        Assert.Equal(3 * step, run.Breaches["id.unique"]);
        Assert.Empty(Directory.GetFiles(folder.Path));
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Keys_are_a_set_with_commits_and_aborts(int seed) => LeakCheck.Run(() =>
    {
        using var folder = new TempFolder();
        using var keys = new UniqueKeys(folder.Path, tableCapacity: 1 << 10, filterBytes: 1 << 12);
        var random = new Random(seed);
        var kept = new HashSet<ulong>();
        var added = new HashSet<ulong>();
        for (int i = 0; i < 60_000; i++)
        {
            // Many keys share their first half.
            ulong value = (ulong)random.Next(1, 40_000);
            bool isNew = !kept.Contains(value) && added.Add(value);
            Assert.Equal(isNew, keys.Add(Key128.Of(value / 700, value * 0x9E37_79B9_7F4A_7C15)));
            switch (random.Next(3000))
            {
                case 0:
                    keys.Commit();
                    kept.UnionWith(added);
                    added.Clear();
                    break;
                case 1:
                    keys.Abort();
                    added.Clear();
                    break;
            }
        }

        Assert.True(kept.Count > 5000);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Keys_that_were_collected_are_found_by_several_threads(int seed) => LeakCheck.Run(() =>
    {
        using var folder = new TempFolder();
        using var keys = new UniqueKeys(folder.Path, tableCapacity: 1 << 10, filterBytes: 1 << 12);
        var random = new Random(seed);
        var model = new HashSet<ulong>();
        for (int i = 0; i < 40_000; i++)
        {
            ulong value = (ulong)random.Next(1, 20_000);
            model.Add(value);
            keys.Collect(KeyOf(value));
        }

        keys.Complete();
        Parallel.For(1, 25_000, new ParallelOptions { MaxDegreeOfParallelism = 4 }, value => Assert.Equal(model.Contains((ulong)value), keys.Contains(KeyOf((ulong)value))));
        Assert.True(model.Count > 10_000);

        static Key128 KeyOf(ulong value) => Key128.Of(value / 700, value * 0x9E37_79B9_7F4A_7C15);
    });

    private static ContractRun Run(ContractMode mode, out UniqueColumns unique, string? folder = null, int tableCapacity = 1 << 19)
    {
        AssetColumn[] columns = [new() { Name = "id", Unique = true }];
        unique = new UniqueColumns(columns, folder, tableCapacity);
        unique.Open(Schema);
        return new ContractRun(new ContractPlan(new AssetSpec { Name = "a", Schema = columns }, mode, new Dictionary<string, Endpoint>(), "."));
    }

    private static RecordBatch Range(int first, int count)
    {
        using var ids = new FixedBuilder<long>(DataType.Int64);
        using var names = new BinaryBuilder(DataType.Utf8);
        for (int i = 0; i < count; i++)
        {
            ids.Append(first + i);
            names.Append("");
        }

        return new RecordBatch(Schema, count, ids.Build(), names.Build());
    }

    private static RecordBatch Batch(params long?[] values)
    {
        using var ids = new FixedBuilder<long>(DataType.Int64);
        using var names = new BinaryBuilder(DataType.Utf8);
        foreach (long? value in values)
        {
            names.Append("n");
            if (value is { } number)
            {
                ids.Append(number);
            }
            else
            {
                ids.AppendNull();
            }
        }

        return new RecordBatch(Schema, values.Length, ids.Build(), names.Build());
    }

    private static RecordBatch Keep(UniqueColumns unique, RecordBatch batch, IRowErrorHandler errors, ContractRun run)
    {
        using (batch)
        {
            BatchOrigin? origin = null;
            return unique.Keep(batch, errors, ref origin, run);
        }
    }

    private static long?[] Ids(RecordBatch batch)
    {
        var ids = (FixedColumn<long>)batch[0];
        long?[] values = [.. Enumerable.Range(0, batch.Length).Select(r => ids.IsNull(r) ? (long?)null : ids.Values[r])];
        batch.Dispose();
        return values;
    }

    private sealed class Collected : IRowErrorHandler
    {
        public List<RowError> All { get; } = [];

        public void OnRowError(RowError error) => All.Add(error);
    }
}
