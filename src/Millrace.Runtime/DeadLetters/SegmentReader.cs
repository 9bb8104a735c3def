using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Millrace.Storage;

namespace Millrace.Runtime;

/// <summary>Reads the lines of a segment in their order, a bounded part of it at a time.</summary>
internal static class SegmentReader
{
    private const int ChunkSize = 64 << 10;

    /// <summary>Letters, with their contexts and the epoch that the segment's name tells, and replays.</summary>
    public static async IAsyncEnumerable<LetterLine> ReadAsync(IObjectStore store, LetterSegment segment, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var contexts = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        string file = store.Describe(segment.Info.Name);
        IObjectReader reader = await store.OpenAsync(segment.Info.Name, cancellation).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            await foreach ((ReadOnlyMemory<byte> line, long number) in LinesAsync(reader, file, cancellation).ConfigureAwait(false))
            {
                LetterLine read = DeadLetterCodec.Read(line, ErrorPlace.InFile(file, number));
                switch (read)
                {
                    case LetterLineOfContext context:
                        contexts[context.Id] = context.Value;
                        break;
                    case LetterLineOfLetter letter:
                        yield return letter with { Letter = Complete(letter, contexts, segment, ErrorPlace.InFile(file, number)) };
                        break;
                    default:
                        yield return read;
                        break;
                }
            }
        }
    }

    /// <summary>The lines of an object, each valid until the next is asked for.</summary>
    public static async IAsyncEnumerable<(ReadOnlyMemory<byte> Line, long Number)> LinesAsync(IObjectReader reader, string file, [EnumeratorCancellation] CancellationToken cancellation)
    {
        byte[] buffer = new byte[ChunkSize];
        int start = 0;
        int scanned = 0;
        int end = 0;
        long offset = 0;
        long number = 0;
        while (true)
        {
            int length = buffer.AsSpan(scanned, end - scanned).IndexOf((byte)'\n');
            if (length >= 0)
            {
                int stop = scanned + length;
                yield return (buffer.AsMemory(start, stop - start), ++number);
                start = scanned = stop + 1;
                continue;
            }

            scanned = end;
            if (start > 0)
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                scanned = end -= start;
                start = 0;
            }

            if (end == buffer.Length)
            {
                if (buffer.Length >= DeadLetterCodec.MaxLine)
                {
                    throw DeadLetterErrors.Damaged.Error($"The line is longer than {DeadLetterCodec.MaxLine} bytes.", ErrorPlace.InFile(file, number + 1));
                }

                Array.Resize(ref buffer, Math.Min(buffer.Length * 2, DeadLetterCodec.MaxLine));
            }

            int read = await reader.ReadAsync(offset, buffer.AsMemory(end), cancellation).ConfigureAwait(false);
            offset += read;
            end += read;
            if (read == 0)
            {
                break;
            }
        }

        if (end > start)
        {
            // Segments are published whole, and their last line ends like every other.
            yield return (buffer.AsMemory(start, end - start), ++number);
        }
    }

    private static DeadLetter Complete(LetterLineOfLetter line, Dictionary<string, JsonObject> contexts, LetterSegment segment, ErrorPlace place)
    {
        DeadLetter letter = line.Letter with { Epoch = line.Letter.Epoch == 0 ? segment.Epoch : line.Letter.Epoch };
        if (line.ContextId is not { } id)
        {
            return letter;
        }

        return contexts.TryGetValue(id, out JsonObject? context)
            ? letter with { Context = context }
            : throw DeadLetterErrors.Damaged.Error($"The letter names the context '{id}', which no line before it holds.", place);
    }
}
