using Millrace.Columnar;
using Millrace.Sql.Binding;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Tests.Execution;

public sealed class TargetValueTests
{
    [Fact]
    public void Bytes_that_a_null_stands_over_are_no_text_that_could_be_too_long()
    {
        using var leaks = new LeakCheck();
        using var builder = new BinaryBuilder(DataType.Utf8);
        builder.Append("far too long"u8);
        builder.Append("ok"u8);
        builder.Append("too long"u8);
        using var marks = new FixedBuilder<long>(DataType.Int64);
        marks.AppendNull();
        marks.Append(1);
        marks.Append(1);
        using Column texts = builder.Build();
        using Column marked = marks.Build();
        using var batch = new RecordBatch(new Schema([new Field("t", DataType.Utf8)]), 3, texts.WithNulls(marked.Validity));

        var variable = new ColumnVariable("t", DataType.Utf8, nullable: true);
        var value = new BoundTargetValue(new BoundColumn(variable), new TargetColumn("label", DataType.Utf8) { MaxLength = 3 });
        using var evaluator = new TargetValueEvaluator(value, new ColumnEvaluator(DataType.Utf8, 0, keepsEncoding: false));
        var faults = new RowFaults();
        using Vector result = evaluator.Evaluate(batch, faults);
        Assert.Equal([2], faults.All.Select(f => f.Row));
    }
}
