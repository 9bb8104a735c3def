using System.Text;
using Millrace.Columnar;
using Millrace.Formats;
using Millrace.Sdk;

namespace Millrace.TestKit;

/// <summary>Reads rows in batches whose sizes follow from the seed and the place, so that they are the same every time.</summary>
internal sealed class ReplayReader(ReplayInput input, ReplaySplit split, Schema schema, int batchRows, int row, IRowErrorHandler errors) : ISplitReader
{
    private static readonly ErrorCode BadRow = new("MR0001", "A row is bad on purpose.", "It is a test.", Class: ErrorClass.Data);

    private int _row = row;

    public async ValueTask<SplitBatch?> ReadAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (input.OnRead is { } reading)
        {
            await reading(cancellation);
        }

        while (_row < split.End)
        {
            int first = _row;
            var good = new List<ReplayRow>();
            int most = 1 + new Random(HashCode(input.Seed, first)).Next(batchRows);
            for (; _row < split.End && good.Count < most && (good.Count == 0 || _row % input.UnitRows != 0 || input.UnitRows == 1); _row++)
            {
                if (split.Rows[_row].Kind == ReplayKind.Bad)
                {
                    Report(split.Rows[_row]);
                }
                else
                {
                    good.Add(split.Rows[_row]);
                }
            }

            if (good.Count > 0)
            {
                return new SplitBatch(Build(good), ReplayPlan.At(_row), _row - first) { IsPartOfUnit = _row % input.UnitRows != 0 };
            }
        }

        return null;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // The one of the framework differs from process to process.
    private static int HashCode(int seed, int row) => unchecked((seed * 31) + (row * 7919));

    private void Report(ReplayRow row)
        => errors.OnRowError(new RowError(BadRow, $"Row {row.Id} is bad.", new ErrorPlace { File = split.Key, Line = _row + 1 }, Encoding.UTF8.GetBytes(ReplayInput.Raw(row.Id))));

    private RecordBatch Build(List<ReplayRow> rows)
    {
        bool isWide = input.HasValue && schema[2].Type != DataType.Int64;
        if (input.HasValue && !isWide && rows.Any(r => r.Kind == ReplayKind.Wide))
        {
            throw new SchemaWideningException("value", DataType.Int64, DataType.Utf8, new ErrorPlace { File = split.Key });
        }

        using var ids = new FixedBuilder<long>(DataType.Int64, rows.Count);
        using var names = new BinaryBuilder(DataType.Utf8, rows.Count);
        using var texts = new BinaryBuilder(DataType.Utf8, rows.Count);
        using var numbers = new FixedBuilder<long>(DataType.Int64, rows.Count);
        foreach (ReplayRow row in rows)
        {
            ids.Append(row.Id);
            names.Append(ReplayInput.Name(row.Id));
            texts.Append(ReplayInput.Value(row));
            numbers.Append(row.Id * 3);
        }

        return input.HasValue
            ? new RecordBatch(schema, rows.Count, ids.Build(), names.Build(), isWide ? texts.Build() : numbers.Build())
            : new RecordBatch(schema, rows.Count, ids.Build(), names.Build());
    }
}
