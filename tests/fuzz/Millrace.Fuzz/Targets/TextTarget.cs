using System.Text;

namespace Millrace.Fuzz;

/// <summary>A parser of short texts. The corpus has the seeds.</summary>
internal sealed class TextTarget(string name, Action<string> parse, byte[][] tokens) : IFuzzTarget
{
    public string Name => name;

    public IReadOnlyList<byte[]> Tokens => tokens;

    public IEnumerable<byte[]> Seeds(Random random) => [];

    public void Run(byte[] input) => parse(Encoding.UTF8.GetString(input));
}
