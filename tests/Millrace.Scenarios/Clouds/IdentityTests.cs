using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Millrace.Scenarios.Cli;

namespace Millrace.Scenarios.Clouds;

/// <summary>A program that is told nothing about credentials finds those that machines, containers and clusters give.</summary>
[Trait("speed", "slow")]
public sealed class IdentityTests : IDisposable
{
    private static readonly HttpClient Http = new();
    private static readonly Lazy<TempFolder> Certificates = new(MakeCertificate);
    private static readonly Lazy<NodeServer> Started = new(
        () => NodeServer.Demand("identity.mjs", S3TestServer.Demand().Endpoint, Path.Combine(Certificates.Value.Path, "cert.pem"), Path.Combine(Certificates.Value.Path, "key.pem")));

    private readonly TempFolder _home = new();
    private readonly NodeServer _identity = Started.Value;
    private readonly MillraceProcess _millrace;

    public IdentityTests() => _millrace = new MillraceProcess(_home.Path)
    {
        Environment = { ["HOME"] = _home.Path, ["AWS_REGION"] = "eu-central-1", ["AWS_EC2_METADATA_DISABLED"] = "true" },
    };

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Amazon_the_role_of_a_machine()
    {
        _millrace.Environment["AWS_EC2_METADATA_DISABLED"] = "false";
        _millrace.Environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = _identity.Address;
        await ReadsFromAmazonAsync();
    }

    [Fact]
    public async Task Amazon_the_role_of_a_container()
    {
        _millrace.Environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = _identity.Address + "/ecs";
        _millrace.Environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "ecs-secret";
        await ReadsFromAmazonAsync();
    }

    [Fact]
    public async Task Amazon_the_web_identity_of_a_cluster()
    {
        File.WriteAllText(Path.Combine(_home.Path, "token"), "web-token");
        _millrace.Environment["AWS_ENDPOINT_URL_STS"] = _identity.Address;
        _millrace.Environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = Path.Combine(_home.Path, "token");
        _millrace.Environment["AWS_ROLE_ARN"] = "arn:aws:iam::123456789012:role/cluster";
        await ReadsFromAmazonAsync();
        Assert.Contains("AssumeRoleWithWebIdentity arn:aws:iam::123456789012:role/cluster web-token", await LogAsync());
    }

    [Fact]
    public async Task Amazon_a_role_that_is_taken_on()
    {
        _millrace.Environment["AWS_ENDPOINT_URL_STS"] = _identity.Address;
        await ReadsFromAmazonAsync($"&access_key_id={S3TestServer.AccessKey}&secret_access_key={S3TestServer.Secret}&role_arn=arn:aws:iam::123456789012:role/loader&external_id=outside");
        Assert.Contains("AssumeRole arn:aws:iam::123456789012:role/loader outside", await LogAsync());
    }

    [Fact]
    public async Task Google_the_account_of_a_machine()
    {
        _millrace.Environment["GCE_METADATA_HOST"] = _identity.Address["http://".Length..];
        await ReadsAsync($"gs://lake/in.csv?endpoint={_identity.Address}&anonymous=false");
    }

    [Fact]
    public async Task Google_the_key_of_a_service_account()
    {
        string file = Path.Combine(_home.Path, "account.json");
        File.WriteAllText(file, await Http.GetStringAsync(_identity.Address + "/-/service-account.json"));
        await ReadsAsync($"gs://lake/in.csv?endpoint={_identity.Address}&credentials_file={file}");
        Assert.Contains("loader@p.iam.gserviceaccount.com https://www.googleapis.com/auth/devstorage.read_write", await LogAsync());
    }

    [Fact]
    public async Task Azure_the_identity_of_an_app()
    {
        _millrace.Environment["IDENTITY_ENDPOINT"] = _identity.Address + "/msi";
        _millrace.Environment["IDENTITY_HEADER"] = "msi-secret";
        await ReadsAsync($"az://lake/in.csv?endpoint={_identity.Address}/account&account_name=account");
    }

    [Fact]
    public async Task Azure_the_identity_of_a_workload_and_an_application_with_a_secret()
    {
        string authority = $"https://localhost:{_identity.Ports[1]}/";
        File.WriteAllText(Path.Combine(_home.Path, "token"), "federated-token");
        _millrace.Environment["SSL_CERT_FILE"] = Path.Combine(Certificates.Value.Path, "cert.pem");
        _millrace.Environment["AZURE_AUTHORITY_HOST"] = authority;
        string place = $"az://lake/in.csv?endpoint={_identity.Address}/account&account_name=account";
        await ReadsAsync(place + "&tenant_id=the-tenant&client_id=the-app&client_secret=the-secret");
        Assert.Contains("the-tenant the-app the-secret https://storage.azure.com/.default", await LogAsync());

        _millrace.Environment["AZURE_FEDERATED_TOKEN_FILE"] = Path.Combine(_home.Path, "token");
        _millrace.Environment["AZURE_CLIENT_ID"] = "the-workload";
        _millrace.Environment["AZURE_TENANT_ID"] = "the-tenant";
        await ReadsAsync(place);
        Assert.Contains("the-tenant the-workload federated-token https://storage.azure.com/.default", await LogAsync());
    }

    private async Task ReadsFromAmazonAsync(string query = "")
    {
        S3TestServer server = S3TestServer.Demand();
        string bucket = await server.NewBucketAsync();
        await using (Storage.IObjectStore store = Storage.ObjectStores.Open(server.Url(bucket)).Store)
        {
            await store.PutAsync("in.csv", "id\n1\n2\n"u8.ToArray(), Storage.PutCondition.Any, default);
        }

        await ReadsAsync($"s3://{bucket}/in.csv?endpoint={server.Endpoint}{query}");
    }

    private async Task ReadsAsync(string address)
    {
        MillraceResult result = await _millrace.RunAsync("copy", address + "&retries=1", "-", "--format", "csv");
        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Equal("id\n1\n2\n", result.Output);
    }

    private async Task<string[]> LogAsync() => (await Http.GetFromJsonAsync<string[]>(_identity.Address + "/-/log"))!;

    private static TempFolder MakeCertificate()
    {
        var folder = new TempFolder();
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        File.WriteAllText(Path.Combine(folder.Path, "cert.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder.Path, "key.pem"), key.ExportPkcs8PrivateKeyPem());
        return folder;
    }
}
