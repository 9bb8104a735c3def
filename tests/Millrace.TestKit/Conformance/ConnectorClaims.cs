using Millrace.Sdk;
using Xunit;

namespace Millrace.TestKit;

/// <summary>What holds of every connector before anything is read or written.</summary>
internal static class ConnectorClaims
{
    public static void AssertDocumented(Connector connector, Type record)
    {
        Assert.NotEmpty(connector.Summary);
        foreach (OptionInfo option in OptionInfo.Of(record))
        {
            Assert.False(string.IsNullOrWhiteSpace(option.Doc), $"The option '{option.Name}' has a description.");
        }
    }
}
