using System.Buffers;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Millrace.Storage;

namespace Millrace.Runtime;

/// <summary>
/// Writes a segment. Nobody sees it before <see cref="PublishAsync"/>, which makes it durable; disposing it without that
/// throws it away. One thread at a time uses it.
/// </summary>
internal sealed class SegmentWriter : IAsyncDisposable
{
    private const int BufferSize = 128 << 10;

    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly IStagedObject _staged;
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly HashSet<string> _contexts = new(StringComparer.Ordinal);
    private JsonObject? _lastContext;
    private string? _lastContextId;

    private SegmentWriter(IStagedObject staged) => _staged = staged;

    /// <summary>Bytes written so far.</summary>
    public long Bytes => _staged.Position + _buffer.WrittenCount;

    /// <summary>Letters and replays written so far.</summary>
    public long Count { get; private set; }

    public static async ValueTask<SegmentWriter> CreateAsync(IObjectStore store, string name, CancellationToken cancellation)
        => new(await store.StageAsync(name, cancellation).ConfigureAwait(false));

    public ValueTask AddAsync(DeadLetter letter, CancellationToken cancellation)
    {
        string? contextId = letter.Context is { } context ? IdOf(context) : null;
        DeadLetterCodec.Write(_buffer, letter, contextId);
        return CountAsync(cancellation);
    }

    public ValueTask AddAsync(LetterLineOfReplay replay, CancellationToken cancellation)
    {
        DeadLetterCodec.Write(_buffer, replay);
        return CountAsync(cancellation);
    }

    public async ValueTask PublishAsync(PutCondition condition, CancellationToken cancellation)
    {
        await FlushAsync(cancellation).ConfigureAwait(false);
        await _staged.PublishAsync(condition, cancellation).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _staged.DisposeAsync();

    private ValueTask CountAsync(CancellationToken cancellation)
    {
        Count++;
        return _buffer.WrittenCount >= BufferSize ? FlushAsync(cancellation) : ValueTask.CompletedTask;
    }

    private async ValueTask FlushAsync(CancellationToken cancellation)
    {
        await _staged.WriteAsync(_buffer.WrittenMemory, cancellation).ConfigureAwait(false);
        _buffer.ResetWrittenCount();
    }

    // Rows of one file share the instance, so that most letters cost a comparison of references.
    private string IdOf(JsonObject context)
    {
        if (!ReferenceEquals(context, _lastContext))
        {
            byte[] text = JsonSerializer.SerializeToUtf8Bytes(context, Compact);
            _lastContextId = Convert.ToHexStringLower(SHA256.HashData(text).AsSpan(0, 8));
            _lastContext = context;
            if (_contexts.Add(_lastContextId))
            {
                DeadLetterCodec.Write(_buffer, new LetterLineOfContext(_lastContextId, context));
            }
        }

        return _lastContextId!;
    }
}
