using Millrace.Formats.Compression;

namespace Millrace.Fuzz;

/// <summary>A codec of whole files, read as a stream in pieces of several sizes.</summary>
internal sealed class FileCodecTarget(string name, FileCodec codec) : IFuzzTarget
{
    private const int MaxLength = 16 << 20;

    public string Name => name;

    public IReadOnlyList<byte[]> Tokens { get; } = [[0x1F, 0x8B, 8], [0x28, 0xB5, 0x2F, 0xFD], "BZh9"u8.ToArray(), "1AY&SY"u8.ToArray(), [0x17, 0x72, 0x45, 0x38, 0x50, 0x90]];

    // Files of bzip2 cannot be written; the corpus has some.
    public IEnumerable<byte[]> Seeds(Random random) => codec == FileCodec.Bzip2 ? [] : Payloads.Make(random).Select(Compress);

    public void Run(byte[] input)
    {
        var choice = new Random(Fingerprint.Of(input));
        using Stream stream = FileCodecs.OpenRead(new MemoryStream(input), codec, "input");
        byte[] buffer = new byte[choice.Next(3) switch { 0 => 1, 1 => 100, _ => 1 << 16 }];
        for (int total = 0, read; total < (buffer.Length == 1 ? MaxLength >> 8 : MaxLength) && (read = stream.Read(buffer)) > 0;)
        {
            total += read;
        }
    }

    private byte[] Compress(byte[] payload)
    {
        using var target = new MemoryStream();
        using (Stream stream = FileCodecs.OpenWrite(target, codec))
        {
            stream.Write(payload);
        }

        return target.ToArray();
    }
}
