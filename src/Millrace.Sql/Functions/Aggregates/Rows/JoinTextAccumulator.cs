using Millrace.Columnar;
using Millrace.Sql.Execution;

namespace Millrace.Sql.Functions;

/// <summary>Texts joined with what stands in the second argument of each but the first.</summary>
internal sealed class JoinTextAccumulator() : RowAccumulator(DataType.Utf8, DataType.Utf8, DataType.Utf8)
{
    // A value beyond this is an error of its group: a column holds 2 GiB.
    private const long MaxBytes = 256 << 20;

    public override Column Results(int start, int count, RowFaults faults)
    {
        using var builder = new BinaryBuilder(DataType.Utf8, count);
        using var text = new ByteBuffer();
        for (int group = 0; group < count; group++)
        {
            ReadOnlySpan<int> rows = Rows.Rows(start + group);
            if (rows.IsEmpty)
            {
                builder.AppendNull();
                continue;
            }

            var values = (BinaryColumn)Rows.Column(0);
            var separators = (BinaryColumn)Rows.Column(1);
            text.Truncate();
            for (int i = 0; i < rows.Length && text.Length <= MaxBytes; i++)
            {
                if (i > 0 && !separators.IsNull(rows[i]))
                {
                    text.Write(separators[rows[i]]);
                }

                text.Write(values[rows[i]]);
            }

            if (text.Length > MaxBytes)
            {
                builder.AppendNull();
                faults.Add(group, ExecutionErrors.OverflowCode, "A joined text is longer than 256 MiB.");
                continue;
            }

            builder.Append(text.Written);
        }

        return builder.Build();
    }

    public override void Update(ReadOnlySpan<int> groups, ReadOnlySpan<Vector> arguments, ReadOnlySpan<long> weights)
    {
        if (arguments.Length == 2)
        {
            base.Update(groups, arguments, weights);
            return;
        }

        using Column comma = ConstantColumn.Create(DataType.Utf8, ",");
        base.Update(groups, [arguments[0], new Vector(comma, true)], weights);
    }
}
