using Millrace.Formats.Text;

namespace Millrace.Formats.Json;

/// <summary>Tells from the first record of a file how its records stand.</summary>
internal static class LayoutDetector
{
    private const int FirstLook = 64 << 10;

    public static async ValueTask<JsonLayout> DetectAsync(IByteSource source, JsonOptions options, CancellationToken cancellation)
    {
        if (options.Records is not null)
        {
            return JsonLayout.Array;
        }

        if (options.Layout != JsonLayout.Auto)
        {
            return options.Layout;
        }

        TextInput input = await TextInput.OpenAsync(source, FileRange.Whole(source.Length), options.CodecOrNull, options.EncodingOrNull, cancellation).ConfigureAwait(false);
        await using (input.ConfigureAwait(false))
        {
            using var window = new TextWindow(input, FirstLook, options.MaxRecordBytes);
            using var segment = new JsonSegment(VectorWidths.Default, options.MaxDepth);
            JsonLayout? layout = null;
            while (layout is null)
            {
                bool more = await window.FillAsync(0, cancellation).ConfigureAwait(false);
                layout = Detect(window, segment) ?? (more ? null : JsonLayout.Lines);
            }

            return layout.Value;
        }
    }

    // Null while the first record is not complete.
    private static unsafe JsonLayout? Detect(TextWindow window, JsonSegment segment)
    {
        segment.Index(window.Pointer, 0, window.End, window.End, lines: false);
        if (segment.Tokens == segment.End)
        {
            return null;
        }

        byte* text = window.Pointer;
        uint start = *segment.Tokens;
        if (text[start] != '{')
        {
            return text[start] == '[' ? JsonLayout.Array : JsonLayout.Lines;
        }

        uint* next = JsonSyntax.Skip(segment, segment.Tokens);
        if (next == null && segment.FaultAt < window.End)
        {
            return JsonLayout.Lines;
        }

        if (next == null || (next == segment.End && !window.IsLast))
        {
            return null;
        }

        // A record over several lines, or a second one on the same line.
        uint last = next[-1];
        bool broken = new ReadOnlySpan<byte>(text + start, (int)(last - start)).Contains((byte)'\n');
        bool joined = next < segment.End && !new ReadOnlySpan<byte>(text + last, (int)(*next - last)).Contains((byte)'\n');
        return broken || joined ? JsonLayout.Concatenated : JsonLayout.Lines;
    }
}
