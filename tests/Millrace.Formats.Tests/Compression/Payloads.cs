using System.Text;

namespace Millrace.Formats.Tests.Compression;

/// <summary>Data of many shapes, the same on every run.</summary>
internal static class Payloads
{
    public static IEnumerable<(string Name, byte[] Bytes)> All()
    {
        foreach (int size in (int[])[0, 1, 2, 15, 16, 17, 31, 63, 64, 65, 255, 4096, 65535, 65536, 65537, 300_000])
        {
            yield return ($"random {size}", Random(size, size));
            yield return ($"zeros {size}", new byte[size]);
            yield return ($"text {size}", Text(size, size));
            yield return ($"mixed {size}", Mixed(size, size));
        }

        for (int period = 1; period <= 20; period++)
        {
            yield return ($"period {period}", Periodic(1000, period));
        }

        yield return ("doubles", Doubles(5000));
    }

    public static byte[] Random(int size, int seed)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static byte[] Text(int size, int seed)
    {
        string[] words = ["ship", "blithely", "the", "deposits", "regular", "quick", "carefully", "2024-01-17", "AIR", "1234.50", "|", "\n"];
        var random = new Random(seed);
        var text = new StringBuilder(size + 16);
        while (text.Length < size)
        {
            text.Append(words[random.Next(words.Length)]).Append(' ');
        }

        return Encoding.ASCII.GetBytes(text.ToString(0, size));
    }

    // Literals and matches of all lengths and distances, overlapping ones too.
    public static byte[] Mixed(int size, int seed)
    {
        var random = new Random(seed);
        var bytes = new byte[size];
        int at = 0;
        while (at < size)
        {
            int length = Math.Min(1 + (int)Math.Pow(2, random.NextDouble() * 9), size - at);
            if (at == 0 || random.Next(2) == 0)
            {
                random.NextBytes(bytes.AsSpan(at, length));
                at += length;
                continue;
            }

            int distance = Math.Min(1 + (int)Math.Pow(2, random.NextDouble() * 16), at);
            for (int i = 0; i < length; i++, at++)
            {
                bytes[at] = bytes[at - distance];
            }
        }

        return bytes;
    }

    private static byte[] Periodic(int size, int period)
    {
        byte[] pattern = Random(period, period);
        var bytes = new byte[size];
        for (int i = 0; i < size; i++)
        {
            bytes[i] = pattern[i % period];
        }

        return bytes;
    }

    private static byte[] Doubles(int count)
    {
        var random = new Random(3);
        var bytes = new byte[count * 8];
        for (int i = 0; i < count; i++)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(i * 8), Math.Round(random.NextDouble() * 1000, 2));
        }

        return bytes;
    }
}
