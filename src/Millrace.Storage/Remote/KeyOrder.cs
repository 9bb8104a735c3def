namespace Millrace.Storage;

/// <summary>The order in which clouds list keys: by code points, as UTF-8 sorts, and not by the code units of .NET's strings.</summary>
internal static class KeyOrder
{
    public static int Compare(string a, string b)
    {
        int same = a.AsSpan().CommonPrefixLength(b);
        return same == a.Length || same == b.Length ? a.Length.CompareTo(b.Length) : Weight(a[same]).CompareTo(Weight(b[same]));
    }

    // Surrogates stand for code points above all others, but have values below U+E000.
    private static int Weight(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;
}
