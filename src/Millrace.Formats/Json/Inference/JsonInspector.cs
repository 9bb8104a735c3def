using Millrace.Columnar;
using Millrace.Formats.Compression;
using Millrace.Formats.Text;

namespace Millrace.Formats.Json;

/// <summary>Finds out layout and schema from the first records of a file.</summary>
internal static class JsonInspector
{
    public static async ValueTask<FileInspection> InspectAsync(IByteSource source, JsonOptions options, CancellationToken cancellation)
    {
        JsonOptions resolved = options with { Layout = await LayoutDetector.DetectAsync(source, options, cancellation).ConfigureAwait(false) };
        FileRange range = FileRange.Whole(source.Length);
        TextInput input = await TextInput.OpenAsync(source, range, options.CodecOrNull, options.EncodingOrNull, cancellation).ConfigureAwait(false);
        RecordFeed feed = RecordFeed.Open(input, source, range, resolved, FeedSizes.Default);
        await using (feed.ConfigureAwait(false))
        {
            var sampler = new RecordSampler(feed.Segment, resolved, source.Name);
            while (sampler.Rows < options.SampleRows && feed.TextOffset < options.SampleBytes
                && await feed.PrepareAsync(sampler, cancellation).ConfigureAwait(false))
            {
                feed.Decode(sampler, options.SampleRows);
            }

            return new FileInspection
            {
                Schema = new Schema(sampler.Fields),
                Options = resolved with { Compression = FileCodecs.Name(input.Codec), Encoding = TextEncodings.Name(input.Encoding) },
                IsInferred = true,
                Notes = [$"layout {resolved.Layout.ToString().ToLowerInvariant()}", $"encoding {TextEncodings.Name(input.Encoding)}"],
            };
        }
    }
}
