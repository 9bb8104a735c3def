namespace Millrace.Connectors.Tests.Iceberg;

/// <summary>The section of the Iceberg specification that tests hold the code against; see <see cref="SpecificationSections"/>.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = true)]
internal sealed class SpecificationAttribute(string section) : Attribute
{
    public string Section => section;
}
