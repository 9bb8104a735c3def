using System.Globalization;

namespace Millrace.Connectors.Tests.Databases;

/// <summary>Every how many steps of a run it is made to fail: <c>MILLRACE_PROOF_STRIDE=1</c> takes every one.</summary>
internal static class ProofStride
{
    private static readonly int? Asked = int.TryParse(Environment.GetEnvironmentVariable("MILLRACE_PROOF_STRIDE"), CultureInfo.InvariantCulture, out int stride) ? stride : null;

    /// <param name="usual">What is taken when nobody asks.</param>
    public static int Or(int usual) => Asked ?? usual;
}
