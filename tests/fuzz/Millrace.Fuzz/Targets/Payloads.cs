namespace Millrace.Fuzz;

/// <summary>Blocks of different nature for compressors.</summary>
internal static class Payloads
{
    public static IEnumerable<byte[]> Make(Random random)
    {
        yield return [];
        yield return [42];
        yield return new byte[5000];
        byte[] noise = new byte[700];
        random.NextBytes(noise);
        yield return noise;
        yield return [.. Enumerable.Range(0, 3000).Select(i => (byte)(i % 17 * (i / 500)))];
        yield return [.. Enumerable.Range(0, 400).SelectMany(_ => "a line of text, "u8[random.Next(10)..].ToArray())];
        yield return [.. Enumerable.Range(0, 20_000).Select(_ => (byte)(random.Next(4) * random.Next(4)))];
    }
}
