using System.Text.Json;
using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Formats;
using Millrace.Formats.Json;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>Reads rows again that were written as JSON because their source has no bytes for them.</summary>
internal sealed class JsonRowPlan : IReplayPlan
{
    private static readonly JsonFormat Format = new();

    // A member that no column has, after an edit, is a fault and not to be dropped in silence.
    private static readonly JsonOptions Options = new() { Layout = JsonLayout.Concatenated, UnknownFields = JsonUnknownFields.Fail, Encoding = "utf-8", Compression = "none" };

    private readonly FileInspection _inspection;
    private readonly HashSet<string> _declared;

    /// <param name="schema">Columns of the rows; members that are missing are null.</param>
    public JsonRowPlan(Schema schema)
    {
        Schema = schema;
        _inspection = new FileInspection { Schema = schema, Options = Options };
        _declared = [.. schema.Fields.Select(f => f.Name)];
    }

    public Schema Schema { get; }

    /// <summary>What reading a row of a schema again needs.</summary>
    public static JsonObject ContextOf(Schema schema) => new()
    {
        ["columns"] = new JsonArray([.. schema.Fields.Select(f => (JsonNode)new JsonObject { ["name"] = f.Name, ["type"] = f.Type.ToString() })]),
    };

    /// <summary>A plan for rows with a context that <see cref="ContextOf"/> made.</summary>
    public static JsonRowPlan Of(string? context, ErrorPlace place)
    {
        try
        {
            JsonArray columns = JsonNode.Parse(context!)!["columns"]!.AsArray();
            return new JsonRowPlan(new Schema(columns.Select(c => new Field((string)c!["name"]!, TypeName.Parse((string)c["type"]!)))));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or ArgumentException or FormatException)
        {
            throw DeadLetterErrors.CannotReplay.Error("The letter does not tell the columns of its row.", place, inner: e);
        }
    }

    public ValueTask<ISplitReader> OpenAsync(ReadOnlyMemory<byte> raw, ReplayOrigin origin, IRowErrorHandler errors, CancellationToken cancellation)
    {
        var source = new MemoryByteSource(raw, origin.File ?? "");
        return new(new RowReader(source, Format.OpenReader(source, _inspection, new FileReadRequest
        {
            Columns = Schema,
            Declared = _declared,
            Range = FileRange.Whole(raw.Length),
            RowErrors = errors,
        })));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class RowReader(IByteSource source, IBatchReader reader) : ISplitReader
    {
        private static readonly Position Nowhere = new([]);

        public async ValueTask<SplitBatch?> ReadAsync(CancellationToken cancellation)
            => await reader.ReadAsync(cancellation).ConfigureAwait(false) is { } batch ? new SplitBatch(batch, Nowhere) : null;

        public async ValueTask DisposeAsync()
        {
            await reader.DisposeAsync().ConfigureAwait(false);
            await source.DisposeAsync().ConfigureAwait(false);
        }
    }
}
