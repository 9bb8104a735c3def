using System.Text;

namespace Millrace.Formats.Csv;

/// <summary>Unquoted texts that mean null. Immutable and thread-safe.</summary>
internal sealed class NullTokens
{
    private readonly byte[][] _tokens;

    public NullTokens(IReadOnlyList<string> tokens)
    {
        _tokens = [.. tokens.Select(Encoding.UTF8.GetBytes)];
        foreach (byte[] token in _tokens)
        {
            LengthMask |= 1UL << Math.Min(token.Length, 63);
        }
    }

    /// <summary>Bit <c>n</c> is one when some token has <c>n</c> bytes; bit 63 stands for all longer ones.</summary>
    public ulong LengthMask { get; }

    public IReadOnlyList<byte[]> All => _tokens;

    public bool Contains(ReadOnlySpan<byte> text)
    {
        foreach (byte[] token in _tokens)
        {
            if (text.SequenceEqual(token))
            {
                return true;
            }
        }

        return false;
    }
}
