namespace Millrace.Columnar.Tests.Kernels;

/// <summary>A batch costs its few objects, whatever its rows: managed memory is not touched by row.</summary>
public sealed class AllocationTests
{
    // A column, its buffers and what dispatching boxes; a byte a row would be eight times as much.
    private const int BytesPerBatch = 1000;
    private const int Rows = 8192;
    private const int Batches = 50;

    [Theory]
    [InlineData(TypeId.Int8)]
    [InlineData(TypeId.Int32)]
    [InlineData(TypeId.Int64)]
    [InlineData(TypeId.Float64)]
    [InlineData(TypeId.Decimal)]
    [InlineData(TypeId.Utf8)]
    [InlineData(TypeId.Uuid)]
    [InlineData(TypeId.Boolean)]
    [InlineData(TypeId.Dictionary)]
    public void Kernels_allocate_by_batch_and_not_by_row(TypeId id)
    {
        var random = new RandomBatches(1, new RandomOptions { Types = [id] });
        DataType type = KernelCases.TypeOf(random, id);
        using Column column = random.Column(type, Rows);
        using Column other = random.Column(type, Rows);
        using Column constant = other.Slice(0, 1);
        using BooleanColumn mask = KernelCases.Mask(random.Random, Rows, 0.5, nulls: 0.1);
        using BooleanColumn otherMask = KernelCases.Mask(random.Random, Rows, 0.5, nulls: 0.1);
        int[] rows = [.. Enumerable.Range(0, Rows).Select(_ => random.Random.Next(Rows))];
        var hashes = new ulong[Rows];
        var equal = new bool[Rows];
        Column[] pair = [column, other];
        SortKey[] keys = [new(column)];

        AssertAllocatesLittle("filter", () => Filter.Apply(column, mask).Dispose());
        AssertAllocatesLittle("take", () => Take.Rows(column, rows).Dispose());
        AssertAllocatesLittle("concat", () => Concat.Columns(pair).Dispose());
        AssertAllocatesLittle("compare columns", () => Compare.Columns(column, CompareOperator.Less, other).Dispose());
        AssertAllocatesLittle("compare with a constant", () => Compare.Constant(column, CompareOperator.Equal, constant).Dispose());
        AssertAllocatesLittle("hash", () => Hash.Rows([column], hashes));
        AssertAllocatesLittle("equality", () => RowEquality.Test([column], rows, [other], rows, equal));
        AssertAllocatesLittle("least and greatest", () => MinMax.TryFind(column, out _, out _));
        AssertAllocatesLittle("sort", () => Sort.Indices(keys, rows));
        AssertAllocatesLittle("and", () => Logic.And(mask, otherMask).Dispose());
    }

    private static void AssertAllocatesLittle(string kernel, Action run)
    {
        // The first run compiles and fills the pool.
        run();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Batches; i++)
        {
            run();
        }

        long perBatch = (GC.GetAllocatedBytesForCurrentThread() - before) / Batches;
        Assert.True(perBatch <= BytesPerBatch, $"{kernel}: {perBatch} bytes a batch of {Rows} rows.");
    }
}
