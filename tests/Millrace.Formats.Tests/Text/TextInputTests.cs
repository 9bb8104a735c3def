using System.IO.Compression;
using System.Text;
using Millrace.Formats.Compression;
using Millrace.Formats.Text;

namespace Millrace.Formats.Tests.Text;

public class TextInputTests
{
    private const string Sample = "name;größe;€\r\nZoë 😀;1,5;–\r\n";

    public static TheoryData<string, bool> Encodings => new()
    {
        { "utf-8", true }, { "utf-8", false },
        { "utf-16le", true }, { "utf-16le", false },
        { "utf-16be", true }, { "utf-16be", false },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task Every_unicode_encoding_becomes_utf8_with_and_without_a_mark(string name, bool mark)
    {
        Encoding encoding = name switch { "utf-8" => new UTF8Encoding(true), "utf-16le" => new UnicodeEncoding(false, true), _ => new UnicodeEncoding(true, true) };
        string text = string.Concat(Enumerable.Repeat(Sample, 5000));
        byte[] bytes = [.. mark ? encoding.GetPreamble() : [], .. encoding.GetBytes(text)];
        foreach (int chunk in (int[])[1, 2, 3, 7, 100_000])
        {
            Assert.Equal(text, await ReadAllAsync(new ChunkedSource(bytes, chunk), null, null, 8 + chunk));
        }
    }

    [Fact]
    public async Task Single_byte_encodings_are_read_when_they_are_named()
    {
        byte[] bytes = [0x80, (byte)'a', 0xE4, 0x9F, (byte)'b'];
        Assert.Equal("€aäŸb", await ReadAllAsync(new MemoryByteSource(bytes), null, TextEncoding.Windows1252, 8));
        Assert.Equal("\u0080aä\u009Fb", await ReadAllAsync(new MemoryByteSource(bytes), null, TextEncoding.Latin1, 8));
    }

    [Fact]
    public async Task A_lone_surrogate_becomes_bytes_that_are_not_utf8_and_the_rest_stays()
    {
        byte[] bytes = [(byte)'a', 0, 0x3D, 0xD8, (byte)'b', 0, 0x3D, 0xD8];
        byte[] utf8 = await ReadBytesAsync(new MemoryByteSource(bytes), null, TextEncoding.Utf16Le, 16);
        Assert.Equal([(byte)'a', 0xED, 0xA0, 0xBD, (byte)'b', 0xED, 0xA0, 0xBD], utf8);
    }

    [Fact]
    public async Task Half_a_character_at_the_end_of_utf16_is_an_error()
    {
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => ReadAllAsync(new MemoryByteSource(new byte[] { 0xFF, 0xFE, 65, 0, 66 }), null, null, 8));
        Assert.Equal("MR2007", e.Code.Id);
    }

    [Theory]
    [InlineData(FileCodec.Gzip)]
    [InlineData(FileCodec.Zstd)]
    public async Task A_compressed_file_is_recognised_and_one_that_is_cut_off_is_an_error(FileCodec codec)
    {
        string text = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i};{i * 7919}\n"));
        using var memory = new MemoryStream();
        var target = new StreamByteTarget(memory);
        await using (var output = new TextOutput(target, codec))
        {
            for (int at = 0; at < text.Length; at += 1000)
            {
                output.Buffer.Write(Encoding.UTF8.GetBytes(text[at..Math.Min(text.Length, at + 1000)]));
                await output.FlushIfFullAsync(default);
            }

            await output.FinishAsync(default);
        }

        byte[] packed = memory.ToArray();
        Assert.True(packed.Length < text.Length / 2);
        Assert.Equal(text, await ReadAllAsync(new ChunkedSource(packed, 1000), null, null, 5000));
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(() => ReadAllAsync(new MemoryByteSource(packed.AsMemory(0, packed.Length / 2), "cut.gz"), null, null, 5000));
        Assert.Equal("MR2405", e.Code.Id);
        Assert.Equal("cut.gz", e.Place!.File);
    }

    [Fact]
    public async Task A_range_of_plain_text_is_read_and_can_be_extended()
    {
        var source = new MemoryByteSource("aaaa\nbbbb\ncccc\n"u8.ToArray());
        await using TextInput input = await TextInput.OpenAsync(source, new FileRange(5, 8), null, null, default);
        var buffer = new byte[16];
        Assert.Equal(3, await input.ReadAsync(buffer, default));
        Assert.Equal(0, await input.ReadAsync(buffer, default));
        Assert.True(input.ExtendTo(100));
        Assert.Equal(7, await input.ReadAsync(buffer, default));
        Assert.Equal("b\ncccc\n", Encoding.UTF8.GetString(buffer, 0, 7));
        Assert.False(input.ExtendTo(100));
    }

    [Fact]
    public async Task A_range_of_encoded_text_is_refused()
    {
        var source = new MemoryByteSource(new byte[] { 0xFF, 0xFE, 65, 0, 66, 0 });
        MillraceException e = await Assert.ThrowsAsync<MillraceException>(async () => await TextInput.OpenAsync(source, new FileRange(0, 4), null, null, default));
        Assert.Equal("MR2008", e.Code.Id);
    }

    [Theory]
    [InlineData("utf-9")]
    [InlineData("utf")]
    public void An_unknown_encoding_is_an_error_that_names_a_near_one(string name)
        => Assert.Contains("utf-8", Assert.Throws<MillraceException>(() => TextEncodings.Parse(name)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task The_window_keeps_what_is_not_dropped_and_grows_to_its_limit_only()
    {
        byte[] bytes = [.. Enumerable.Range(0, 1000).Select(i => (byte)i)];
        await using TextInput input = await TextInput.OpenAsync(new MemoryByteSource(bytes), FileRange.Whole(1000), FileCodec.None, TextEncoding.Utf8, default);
        using var window = new TextWindow(input, 64, 256);
        Assert.True(await window.FillAsync(0, default));
        Assert.Equal(64, window.End);
        Assert.True(await window.FillAsync(40, default));
        Assert.Equal(40, window.Offset);
        Assert.Equal(bytes[40..(40 + window.End)], window.Text.ToArray());
        while (await window.FillAsync(0, default))
        {
        }

        Assert.Equal(256, window.End);
        Assert.False(window.IsLast);
    }

    internal static async Task<string> ReadAllAsync(IByteSource source, FileCodec? codec, TextEncoding? encoding, int bufferSize)
        => Encoding.UTF8.GetString(await ReadBytesAsync(source, codec, encoding, bufferSize));

    private static async Task<byte[]> ReadBytesAsync(IByteSource source, FileCodec? codec, TextEncoding? encoding, int bufferSize)
    {
        using var all = new MemoryStream();
        await using (TextInput input = await TextInput.OpenAsync(source, FileRange.Whole(source.Length), codec, encoding, default))
        {
            var buffer = new byte[bufferSize];
            int read;
            while ((read = await input.ReadAsync(buffer, default)) > 0)
            {
                all.Write(buffer, 0, read);
            }
        }

        return all.ToArray();
    }
}
