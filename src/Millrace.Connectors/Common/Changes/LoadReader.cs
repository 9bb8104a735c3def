using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.Common;

/// <summary>Rows as they are, with the columns that say what happened to them: the same to all.</summary>
internal sealed class LoadReader : ISplitReader
{
    private readonly ISplitReader _rows;
    private readonly ChangeSchema _schema;
    private readonly ConstantColumn[] _extra;

    public LoadReader(ISplitReader rows, ChangeSchema schema, string position, DateTimeOffset time, string op = ChangeColumns.Inserted)
    {
        _rows = rows;
        _schema = schema;
        long microseconds = (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        _extra =
        [
            ConstantColumn.Text(op),
            ConstantColumn.Null(DataType.List(DataType.Utf8)),
            ConstantColumn.Text(position),
            new ConstantColumn(DataType.Timestamp(TimeUnit.Microsecond, "UTC"), b => ((FixedBuilder<long>)b).Append(microseconds)),
        ];
    }

    public async ValueTask<SplitBatch?> ReadAsync(CancellationToken cancellation)
    {
        if (await _rows.ReadAsync(cancellation).ConfigureAwait(false) is not { } next)
        {
            return null;
        }

        using RecordBatch batch = next.Batch;
        var columns = new Column[_schema.Schema.Count];
        for (int i = 0; i < _schema.Places.Count; i++)
        {
            columns[_schema.Places[i]] = batch[i].Share();
        }

        for (int i = 0; i < _extra.Length; i++)
        {
            if (_schema.ExtraPlaces[i] >= 0)
            {
                columns[_schema.ExtraPlaces[i]] = _extra[i].Rows(batch.Length);
            }
        }

        return next with { Batch = new RecordBatch(_schema.Schema, batch.Length, columns), IsPartOfUnit = true };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ConstantColumn column in _extra)
        {
            column.Dispose();
        }

        await _rows.DisposeAsync().ConfigureAwait(false);
    }
}

/// <summary>A first read that begins with what changes from now on.</summary>
internal sealed class NoRows : ISplitReader
{
    public static NoRows Instance { get; } = new();

    public ValueTask<SplitBatch?> ReadAsync(CancellationToken cancellation) => new((SplitBatch?)null);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
