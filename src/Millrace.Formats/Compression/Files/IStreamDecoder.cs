namespace Millrace.Formats.Compression;

internal enum DecodeStatus
{
    /// <summary>Some output may have been written, and more may come.</summary>
    Continue,

    /// <summary>Nothing can be done without more input than was given.</summary>
    NeedInput,

    /// <summary>The data may end here: between two members or frames.</summary>
    AtBoundary,
}

/// <summary>Decodes a format of whole files step by step. Errors are thrown by way of <see cref="DecodingStream"/>, which knows the place.</summary>
internal interface IStreamDecoder : IDisposable
{
    string Name { get; }

    /// <summary>The most input that one step can need at once.</summary>
    int MaxInput { get; }

    /// <summary>Makes one step.</summary>
    /// <exception cref="DecodeException">The data is damaged.</exception>
    DecodeStatus Decode(ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int written);
}

/// <summary>Damage found by a decoder; never leaves <see cref="DecodingStream"/>.</summary>
internal sealed class DecodeException(string detail, uint? foundCrc = null, uint? expectedCrc = null) : Exception(detail)
{
    public uint? FoundCrc => foundCrc;

    public uint ExpectedCrc => expectedCrc ?? 0;
}
