namespace Millrace.Fuzz;

internal static class Fingerprint
{
    /// <summary>A number that equal bytes share; it names reproducers and decides how an input is read.</summary>
    public static int Of(ReadOnlySpan<byte> bytes)
    {
        uint hash = 2_166_136_261;
        foreach (byte b in bytes)
        {
            hash = (hash ^ b) * 16_777_619;
        }

        return (int)hash;
    }
}
