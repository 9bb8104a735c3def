namespace Millrace.Cli.Tests.Commands;

public sealed class EndpointArgumentsTests
{
    [Theory]
    [InlineData("lake/orders", "iceberg", "iceberg://lake/orders", null)]
    [InlineData("s3://b/lake/orders?s3.region=eu", "iceberg", "iceberg://s3://b/lake/orders?s3.region=eu", null)]
    [InlineData("gs://b/lake/orders", "iceberg", "iceberg://gs://b/lake/orders", null)]
    [InlineData("lake/orders", "parquet", "lake/orders", "parquet")]
    [InlineData("s3://b/lake/orders", null, "s3://b/lake/orders", null)]
    [InlineData("postgres://host/db?stream=t", "iceberg", "postgres://host/db?stream=t", "iceberg")]
    public void A_format_that_is_a_connector_takes_paths_and_addresses_in_stores(string location, string? format, string place, string? own)
        => Assert.Equal((place, own), EndpointArguments.Placed(location, format));
}
