using System.Text;
using System.Text.Json;
using Millrace.Formats;

namespace Millrace.Connectors.Tests.Files;

internal sealed class LinesWriter(IByteTarget target, Schema schema) : IBatchWriter
{
    private readonly StringBuilder _text = new(JsonSerializer.Serialize(schema.Fields.Select(f => new[] { f.Name, f.Type.ToString() })) + "\n");

    public long Rows { get; private set; }

    public long EstimatedBytes => target.Position + _text.Length;

    public async ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation)
    {
        Assert.Equal(schema, batch.Schema);
        foreach (string row in ColumnText.Rows(batch))
        {
            Assert.DoesNotContain('\n', row);
            _text.Append(row).Append('\n');
        }

        Rows += batch.Length;
        if (_text.Length > 200)
        {
            await FlushAsync(cancellation);
        }
    }

    public ValueTask FinishAsync(CancellationToken cancellation)
    {
        _text.Append("end\n");
        return FlushAsync(cancellation);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ValueTask FlushAsync(CancellationToken cancellation)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(_text.ToString());
        _text.Clear();
        return target.WriteAsync(bytes, cancellation);
    }
}
