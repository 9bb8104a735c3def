using Millrace.Columnar;
using Millrace.Formats.Text;

namespace Millrace.Formats.Csv;

/// <summary>The first bytes of a text as UTF-8, to be looked at several times. Owns its memory.</summary>
internal sealed class TextSample : IDisposable
{
    private readonly NativeBuffer _buffer;

    private TextSample(NativeBuffer buffer, int length, bool isWhole, TextInput input)
    {
        _buffer = buffer;
        Length = length;
        IsWhole = isWhole;
        Encoding = input.Encoding;
        Codec = input.Codec;
    }

    public int Length { get; }

    /// <summary>The text has no more than this.</summary>
    public bool IsWhole { get; }

    public TextEncoding Encoding { get; }

    public Compression.FileCodec Codec { get; }

    public ReadOnlySpan<byte> Text => _buffer.Span[..Length];

    /// <summary>The sample, or its beginning, as a source. Dead after <see cref="Dispose"/>.</summary>
    public MemoryByteSource ToSource(string name, int most) => new(_buffer.Memory[..Math.Min(Length, most)], name);

    public void Dispose() => _buffer.Dispose();

    public static async ValueTask<TextSample> ReadAsync(IByteSource source, CsvOptions options, CancellationToken cancellation)
    {
        TextInput input = await TextInput.OpenAsync(source, FileRange.Whole(source.Length), options.CodecOrNull, options.EncodingOrNull, cancellation).ConfigureAwait(false);
        await using (input.ConfigureAwait(false))
        {
            int size = (int)Math.Clamp(source.Length, TextInput.MinRead * 2, options.SampleBytes);
            if (!input.IsDirect)
            {
                size = options.SampleBytes;
            }

            NativeBuffer buffer = BufferPool.Rent(size);
            try
            {
                int length = 0;
                bool whole = false;
                while (!whole && size - length >= TextInput.MinRead)
                {
                    int read = await input.ReadAsync(buffer.Memory[length..size], cancellation).ConfigureAwait(false);
                    whole = read == 0;
                    length += read;
                }

                whole |= input.IsDirect && length + input.MarkLength >= source.Length;
                return new TextSample(buffer, length, whole, input);
            }
            catch
            {
                buffer.Dispose();
                throw;
            }
        }
    }
}
