using BenchmarkDotNet.Attributes;
using Millrace.Columnar;

namespace Millrace.Bench.Kernels;

/// <summary>What does a comparison cost, column with column and column with constant?</summary>
public class CompareBench
{
    private readonly Column _bytes = SampleColumns.Of(DataType.UInt8);
    private readonly Column _ints = SampleColumns.Of(DataType.Int32);
    private readonly Column _longs = SampleColumns.Of(DataType.Int64);
    private readonly Column _otherLongs = SampleColumns.Of(DataType.Int64, nulls: 0.1, seed: 3);
    private readonly Column _doubles = SampleColumns.Of(DataType.Float64);
    private readonly Column _decimals = SampleColumns.Of(DataType.Decimal(18, 2));
    private readonly Column _texts = SampleColumns.Of(DataType.Utf8);
    private readonly Column _otherTexts = SampleColumns.Of(DataType.Utf8, seed: 3);

    [Benchmark(OperationsPerInvoke = SampleColumns.Rows)]
    public void ByteWithConstant() => Constant(_bytes);

    [Benchmark(OperationsPerInvoke = SampleColumns.Rows)]
    public void Int32WithConstant() => Constant(_ints);

    [Benchmark(OperationsPerInvoke = SampleColumns.Rows)]
    public void Int64WithConstant() => Constant(_longs);

    [Benchmark(OperationsPerInvoke = SampleColumns.Rows)]
    public void Float64WithConstant() => Constant(_doubles);

    [Benchmark(OperationsPerInvoke = SampleColumns.Rows)]
    public void DecimalWithConstant() => Constant(_decimals);

    [Benchmark(OperationsPerInvoke = SampleColumns.Rows)]
    public void TextWithConstant() => Constant(_texts);

    [Benchmark(OperationsPerInvoke = SampleColumns.Rows)]
    public void Int64Columns() => Compare.Columns(_longs, CompareOperator.Less, _otherLongs).Dispose();

    [Benchmark(OperationsPerInvoke = SampleColumns.Rows)]
    public void TextColumnsEqual() => Compare.Columns(_texts, CompareOperator.Equal, _otherTexts).Dispose();

    private static void Constant(Column column)
    {
        using Column constant = column.Slice(7, 1);
        Compare.Constant(column, CompareOperator.Less, constant).Dispose();
    }
}
