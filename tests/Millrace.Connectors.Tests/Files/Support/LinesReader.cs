using System.Globalization;
using System.Text;
using System.Text.Json;
using Millrace.Formats;

namespace Millrace.Connectors.Tests.Files;

internal sealed class LinesReader(IByteSource source, FileReadRequest request) : IBatchReader
{
    private string[]? _lines;
    private int _next = 1;

    public Schema Schema => request.Columns;

    public FilePosition Position => new(0, _next - 1);

    public async ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellation)
    {
        if (_lines is null)
        {
            var bytes = new byte[source.Length];
            await source.ReadFullyAsync(0, bytes, cancellation);
            _lines = Encoding.UTF8.GetString(bytes).Split('\n')[..^2];
        }

        int count = Math.Min(request.BatchRows, _lines.Length - _next);
        if (count == 0)
        {
            return null;
        }

        ColumnBuilder[] builders = [.. Schema.Fields.Select(f => ColumnBuilder.Create(f.Type, count))];
        for (int i = 0; i < count; i++)
        {
            using var row = JsonDocument.Parse(_lines[_next++]);
            for (int c = 0; c < builders.Length; c++)
            {
                Append(builders[c], Schema[c].Type, row.RootElement.GetProperty(Schema[c].Name));
            }
        }

        var batch = new RecordBatch(Schema, count, [.. builders.Select(b => b.Build())]);
        Array.ForEach(builders, b => b.Dispose());
        return batch;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static void Append(ColumnBuilder builder, DataType type, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            builder.AppendNull();
            return;
        }

        switch (type.Id)
        {
            case TypeId.Int64:
                ((FixedBuilder<long>)builder).Append(value.GetInt64());
                break;
            case TypeId.Boolean:
                ((BooleanBuilder)builder).Append(value.GetBoolean());
                break;
            case TypeId.Date:
                ((FixedBuilder<int>)builder).Append(DateOnly.Parse(value.GetString()!, CultureInfo.InvariantCulture).DayNumber - new DateOnly(1970, 1, 1).DayNumber);
                break;
            case TypeId.Timestamp:
                DateTime time = DateTime.Parse(value.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);
                ((FixedBuilder<long>)builder).Append((time - DateTime.UnixEpoch).Ticks / (TimeSpan.TicksPerSecond / type.Unit.PerSecond()));
                break;
            default:
                ((BinaryBuilder)builder).Append(value.GetString()!);
                break;
        }
    }
}
