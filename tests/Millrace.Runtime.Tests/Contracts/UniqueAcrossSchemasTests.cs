using Millrace.Columnar;
using Millrace.Runtime.Contracts;
using Millrace.Sdk;
using Millrace.TestKit;

namespace Millrace.Runtime.Tests.Contracts;

/// <summary>What a run has seen of unique columns outlives changes of its columns.</summary>
public sealed class UniqueAcrossSchemasTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Another_column_more_forgets_no_value() => LeakCheck.RunAsync(async () =>
    {
        using ContractRun run = Run();
        Assert.Equal([1, 2], await KeepAsync(run, DataType.Int64, more: false, 1, 2));
        run.Committed();
        Assert.Equal([3], await KeepAsync(run, DataType.Int64, more: true, 2, 3));
        Assert.Equal([4], await KeepAsync(run, DataType.Int64, more: false, 3, 4));
        Assert.Equal(2, run.Breaches["id.unique"]);
    });

    [Fact]
    public Task What_was_given_up_comes_again_whatever_the_columns_are() => LeakCheck.RunAsync(async () =>
    {
        using ContractRun run = Run();
        Assert.Equal([1], await KeepAsync(run, DataType.Int64, more: false, 1));
        run.Committed();
        Assert.Equal([2], await KeepAsync(run, DataType.Int64, more: false, 2));
        Assert.Equal([3], await KeepAsync(run, DataType.Int64, more: true, 3));
        run.Aborted();
        Assert.Equal([2, 3], await KeepAsync(run, DataType.Int64, more: true, 1, 2, 3));
    });

    [Theory]
    [InlineData("int8", "int64")]
    [InlineData("uint8", "int32")]
    [InlineData("int32", "int64")]
    [InlineData("float32", "float64")]
    public Task Values_of_a_column_that_is_widened_are_found(string narrow, string wide) => LeakCheck.RunAsync(async () =>
    {
        using ContractRun run = Run();
        Assert.Equal([1, 2], await KeepAsync(run, DataType.Parse(narrow), more: false, 1, 2));
        run.Committed();
        Assert.Equal([3], await KeepAsync(run, DataType.Parse(wide), more: false, 2, 3));
        Assert.DoesNotContain(run.Notes(), n => n.Contains("cannot be compared", StringComparison.Ordinal));
    });

    [Fact]
    public Task Values_that_cannot_be_compared_are_told_and_found_when_the_type_comes_back() => LeakCheck.RunAsync(async () =>
    {
        using ContractRun run = Run();
        Assert.Equal([1, 2], await KeepAsync(run, DataType.Int32, more: false, 1, 2));
        run.Committed();
        Assert.Equal([2, 3], await KeepAsync(run, DataType.Float64, more: false, 2, 3));
        run.Committed();
        Assert.Equal([4], await KeepAsync(run, DataType.Int64, more: false, 1, 4));
        Assert.Contains(run.Notes(), n => n.Contains("the type of 'id' changed", StringComparison.Ordinal));
    });

    private static ContractRun Run()
        => new(new ContractPlan(new AssetSpec { Name = "a", Schema = [new AssetColumn { Name = "id", Unique = true }] }, ContractMode.Strict, new Dictionary<string, Endpoint>(), "."));

    // The ids that come through.
    private static async Task<List<long>> KeepAsync(ContractRun run, DataType type, bool more, params long[] ids)
    {
        Field[] fields = more ? [new Field("more", DataType.Int64), new Field("id", type)] : [new Field("id", type)];
        var schema = new Schema(fields);
        await run.OpenAsync(schema, Cancellation);
        using var numbers = new FixedBuilder<long>(DataType.Int64);
        foreach (long id in ids)
        {
            numbers.Append(id);
        }

        using Column wide = numbers.Build();
        using var batch = new RecordBatch(schema, ids.Length, [.. fields.Select(f => Cast.To(wide, f.Type).Column)]);
        using RecordBatch kept = run.KeepUnique(batch, new Ignored());
        using Column left = Cast.To(kept["id"], DataType.Int64).Column;
        return [.. ((FixedColumn<long>)left).Values];
    }

    private sealed class Ignored : IRowErrorHandler
    {
        public void OnRowError(RowError error)
        {
        }
    }
}
