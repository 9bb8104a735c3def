namespace Millrace.Fuzz;

/// <summary>Something that takes bytes from strangers.</summary>
internal interface IFuzzTarget
{
    /// <summary>Name on the command line and of the folder in the corpus.</summary>
    string Name { get; }

    /// <summary>Pieces that mean something to the parser; the mutator throws them in.</summary>
    IReadOnlyList<byte[]> Tokens { get; }

    /// <summary>Valid inputs, made by our own writers, to start from.</summary>
    IEnumerable<byte[]> Seeds(Random random);

    /// <summary>Feeds one input. It may throw what <see cref="FuzzOutcome"/> allows and nothing else.</summary>
    void Run(byte[] input);
}
