using System.Text;
using Millrace.Connectors;
using Millrace.Runtime;
using Millrace.Sdk;

namespace Millrace.Fuzz;

/// <summary>Job files: YAML, variables and the binding of every option. The corpus has the seeds.</summary>
internal sealed class YamlTarget : IFuzzTarget
{
    private static readonly ConnectorRegistry Connectors = new(BuiltInConnectors.Assembly);
    private static readonly VariableExpander Variables = new(name => name.Length % 2 == 0 ? "value" : null);

    public string Name => "yaml";

    public IReadOnlyList<byte[]> Tokens { get; } =
        [.. new[] { ": ", "- ", "&a ", "*a", "<<: ", "? ", "| ", "> ", "!!str ", "!", "{", "}", "[", "]", "\"", "'", "#", "---\n", "...\n", "${A}", "${AB:-x}", "${", "\n  ", "\t", "%YAML 1.2\n", "null", "~", "1e999", "0x7fffffffffffffff" }.Select(Encoding.UTF8.GetBytes)];

    public IEnumerable<byte[]> Seeds(Random random) => [];

    public void Run(byte[] input)
    {
        OptionMap root = YamlFile.Parse(Encoding.UTF8.GetString(input), "input.yaml", Variables);
        if (root["asset"] is OptionScalar)
        {
            // A path of a second file: nothing of the input's.
            return;
        }

        JobFile.Bind(root, "input.yaml", Connectors, Variables);
    }
}
