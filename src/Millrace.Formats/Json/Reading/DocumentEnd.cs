namespace Millrace.Formats.Json;

/// <summary>Tells whether a document in UTF-8 comes to its end, by its brackets and quotes alone.</summary>
internal static class DocumentEnd
{
    private const int ChunkBytes = 64 << 10;

    public static async ValueTask<bool> IsThereAsync(IByteSource source, CancellationToken cancellation)
    {
        var chunk = new byte[ChunkBytes];
        var state = new State();
        long offset = 0;
        while (await source.ReadAsync(offset, chunk, cancellation).ConfigureAwait(false) is > 0 and var read)
        {
            state.Read(chunk.AsSpan(0, read));
            offset += read;
        }

        return state.IsClosed;
    }

    private sealed class State
    {
        private long _depth;
        private bool _any;
        private bool _inText;
        private bool _escaped;

        public bool IsClosed => _any && _depth <= 0 && !_inText;

        public void Read(ReadOnlySpan<byte> bytes)
        {
            foreach (byte b in bytes)
            {
                if (_inText)
                {
                    _inText = _escaped || b != (byte)'"';
                    _escaped = !_escaped && b == (byte)'\\';
                    continue;
                }

                switch (b)
                {
                    case (byte)'"':
                        _inText = true;
                        break;
                    case (byte)'[' or (byte)'{':
                        _any = true;
                        _depth++;
                        break;
                    case (byte)']' or (byte)'}':
                        _depth--;
                        break;
                }
            }
        }
    }
}
