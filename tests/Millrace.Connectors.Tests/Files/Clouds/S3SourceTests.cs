using Millrace.Connectors.Files;
using Millrace.Sdk;

namespace Millrace.Connectors.Tests.Files;

public sealed class S3SourceTests
{
    private static readonly string[] Both = ["""{"id":1}""", """{"id":2}"""];

    [Theory]
    [InlineData("in/a.csv")]
    [InlineData("in/")]
    [InlineData("in")]
    [InlineData("in/*.csv")]
    [InlineData("in/a*")]
    [InlineData("**/a.csv")]
    [InlineData("i?/[a-b].csv")]
    public async Task A_file_a_folder_or_a_pattern_of_a_bucket_is_read(string path)
    {
        await using S3Harness s3 = await S3Harness.CreateAsync();
        await s3.WriteAsync("in/a.csv", "id\n1\n2\n");
        await s3.WriteAsync("in/_hidden/b.csv", "id\n9\n");
        await s3.WriteAsync("other/c.csv", "id\n9\n");
        Assert.Equal(Both, await s3.RowsAsync(path));
    }

    [Fact]
    public async Task A_bucket_is_a_folder_and_folders_of_partitions_give_columns()
    {
        await using S3Harness s3 = await S3Harness.CreateAsync();
        await s3.WriteAsync("day=1/a.csv", "id\n1\n");
        await s3.WriteAsync("day=2/b.csv", "id\n2\n");
        Assert.Equal(["""{"id":1,"day":1}""", """{"id":2,"day":2}"""], (await s3.RowsAsync("")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_is_not_there_is_named_by_its_address()
    {
        await using S3Harness s3 = await S3Harness.CreateAsync();
        await using ISource source = s3.Source("no/such.csv");
        CheckReport report = await source.CheckAsync(default);
        Assert.False(report.Ok);
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(async () => await source.PlanAsync(new ReadRequest(), default));
        Assert.Equal(FilesErrors.NoSuchFile, error.Code);
        Assert.Contains($"'s3://{s3.Bucket}/no/such.csv'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(S3TestServer.Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_job_writes_itself_is_left_out()
    {
        await using S3Harness s3 = await S3Harness.CreateAsync();
        await s3.WriteAsync("in/a.csv", "id\n1\n2\n");
        await s3.WriteAsync("in/out/b.csv", "id\n9\n");
        await using ISource source = s3.Source("in/", outputs: [s3.Url("in/out/")]);
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), default);
        Assert.Equal(Both, await PlanReading.ReadAllAsync(plan));
        await using ISource same = s3.Source("in/", outputs: [s3.Url("in/")]);
        Assert.Equal(FilesErrors.SourceIsTarget, (await Assert.ThrowsAsync<MillraceException>(async () => await same.PlanAsync(new ReadRequest(), default))).Code);
    }

    [Fact]
    public void Options_of_the_store_stand_in_the_address_beside_those_of_the_connector()
    {
        var connector = new FilesConnector();
        OptionMap map = connector.OptionsOf(Location.Parse("s3://b/x/*.csv?region=eu-west-1&recursive=false&format=csv&format.delimiter=;&path_style=true"), ConnectorRole.Source);
        var faults = new OptionFaults();
        var options = OptionBinder.Bind<FilesSourceOptions>(map, faults);
        Assert.Empty(faults.All);
        Assert.Equal(["s3://b/x/*.csv"], options.Path);
        Assert.Equal(("eu-west-1", true), (options.S3!.Region, options.S3.PathStyle));
        Assert.False(options.Recursive);
        Assert.Equal("csv", options.Format!.Name);
        OptionBinder.Bind<FilesSourceOptions>(connector.OptionsOf(Location.Parse("s3://b/x.csv?regoin=x"), ConnectorRole.Source), faults);
        Assert.Contains("'region'", Assert.Single(faults.All).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_in_an_address_does_not_show_the_secrets_in_it()
    {
        var faults = new OptionFaults();
        OptionMap map = new FilesConnector().OptionsOf(Location.Parse("s3://b/x.csv?access_key_id=id&secret_access_key=hidden1&session_token=hidden2&regoin=x"), ConnectorRole.Source);
        OptionBinder.Bind<FilesSourceOptions>(map, faults);
        string fault = Assert.Single(faults.All).Describe();
        Assert.Contains("s3://b/x.csv?access_key_id=id&secret_access_key=***", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", fault, StringComparison.Ordinal);
    }
}
