using System.Net.Http.Json;
using System.Text.Json;
using VectorMigration.TestSupport;

namespace VectorMigration.EndToEnd.Tests;

/// <summary>A point as the server's REST interface tells it.</summary>
internal sealed record WitnessedPoint(float[] Vector, JsonElement Payload);

/// <summary>Looks into a server by its REST interface, which shares no code with what is tested.</summary>
internal sealed class Witness(QdrantServer server, string? apiKey = null) : IDisposable
{
    private readonly HttpClient client = Client(server, apiKey);

    /// <summary>Creates a collection from its REST description.</summary>
    public async Task CreateAsync(string collection, string description)
    {
        using StringContent content = new(description, System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await client.PutAsync(new Uri($"/collections/{collection}", UriKind.Relative), content);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Points an alias to a collection.</summary>
    public async Task AliasAsync(string alias, string collection) =>
        await PostAsync("/collections/aliases", new { actions = new[] { new { create_alias = new { alias_name = alias, collection_name = collection } } } });

    /// <summary>Changes a collection's settings.</summary>
    public async Task ChangeAsync(string collection, string description)
    {
        using StringContent content = new(description, System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await client.PatchAsync(new Uri($"/collections/{collection}", UriKind.Relative), content);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Deletes a collection.</summary>
    public async Task DropAsync(string collection)
    {
        using HttpResponseMessage answer = await client.DeleteAsync(new Uri($"/collections/{collection}", UriKind.Relative));
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Whether a collection exists.</summary>
    public async Task<bool> ExistsAsync(string collection) =>
        (await client.GetFromJsonAsync<JsonElement>(new Uri($"/collections/{collection}/exists", UriKind.Relative))).GetProperty("result").GetProperty("exists")
            .GetBoolean();

    /// <summary>The description of a collection.</summary>
    public async Task<JsonElement> DescribeAsync(string collection) =>
        (await client.GetFromJsonAsync<JsonElement>(new Uri($"/collections/{collection}", UriKind.Relative))).GetProperty("result");

    /// <summary>Exact number of points.</summary>
    public async Task<long> CountAsync(string collection)
    {
        JsonElement result = await PostAsync($"/collections/{collection}/points/count", new { exact = true });
        return result.GetProperty("count").GetInt64();
    }

    /// <summary>Exact number of points in the shards of a key.</summary>
    public async Task<long> CountAsync(string collection, string shardKey)
    {
        JsonElement result = await PostAsync($"/collections/{collection}/points/count", new { exact = true, shard_key = shardKey });
        return result.GetProperty("count").GetInt64();
    }

    /// <summary>Ids of the nearest points, nearest first.</summary>
    /// <param name="collection">Collection.</param>
    /// <param name="query">Components.</param>
    /// <param name="limit">Most points.</param>
    /// <param name="parameters">The search parameters of REST.</param>
    public async Task<int[]> SearchAsync(string collection, float[] query, int limit, object parameters)
    {
        JsonElement found = await PostAsync($"/collections/{collection}/points/query", new { query, limit, @params = parameters });
        return [.. found.GetProperty("points").EnumerateArray().Select(static point => point.GetProperty("id").GetInt32())];
    }

    /// <summary>Deletes points.</summary>
    public async Task DeleteAsync(string collection, params ulong[] ids) =>
        await PostAsync($"/collections/{collection}/points/delete?wait=true", new { points = ids });

    /// <summary>Deletes points with UUIDs.</summary>
    public async Task DeleteAsync(string collection, params string[] ids) =>
        await PostAsync($"/collections/{collection}/points/delete?wait=true", new { points = ids });

    /// <summary>Upserts points from their REST description.</summary>
    public async Task UpsertAsync(string collection, string description)
    {
        using StringContent content = new(description, System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await client.PutAsync(new Uri($"/collections/{collection}/points?wait=true", UriKind.Relative), content);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Adds to a point's payload.</summary>
    public async Task SetPayloadAsync(string collection, ulong id, string payload) =>
        await PostAsync($"/collections/{collection}/points/payload?wait=true",
            new { payload = JsonDocument.Parse(payload).RootElement, points = new[] { id } });

    /// <summary>Adds to the payload of a point with a UUID.</summary>
    public async Task SetPayloadAsync(string collection, string id, string payload) =>
        await PostAsync($"/collections/{collection}/points/payload?wait=true",
            new { payload = JsonDocument.Parse(payload).RootElement, points = new[] { id } });

    /// <summary>One point.</summary>
    public Task<JsonElement> ReadAsync(string collection, ulong id) => ReadAsync(collection, $"{id}");

    /// <summary>One point by its id as text.</summary>
    public async Task<JsonElement> ReadAsync(string collection, string id) =>
        (await client.GetFromJsonAsync<JsonElement>(new Uri($"/collections/{collection}/points/{id}", UriKind.Relative))).GetProperty("result");

    /// <summary>Replaces a point's vector.</summary>
    public async Task SetVectorAsync(string collection, ulong id, float[] vector)
    {
        using HttpResponseMessage answer = await client.PutAsJsonAsync(
            new Uri($"/collections/{collection}/points/vectors?wait=true", UriKind.Relative), new { points = new[] { new { id, vector } } });
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>All points of a collection by their ids as text.</summary>
    public async Task<Dictionary<string, WitnessedPoint>> ReadAllAsync(string collection)
    {
        Dictionary<string, WitnessedPoint> points = [];
        JsonElement? offset = null;
        do
        {
            JsonElement page = await PostAsync($"/collections/{collection}/points/scroll",
                new { limit = 1000, with_vector = true, with_payload = true, offset });
            foreach (JsonElement point in page.GetProperty("points").EnumerateArray())
            {
                float[] vector = [.. point.GetProperty("vector").EnumerateArray().Select(static component => component.GetSingle())];
                points.Add(point.GetProperty("id").ToString(), new WitnessedPoint(vector, point.GetProperty("payload")));
            }

            offset = page.GetProperty("next_page_offset") is { ValueKind: not JsonValueKind.Null } next ? next : null;
        }
        while (offset is not null);
        return points;
    }

    public void Dispose() => client.Dispose();

    private static HttpClient Client(QdrantServer server, string? apiKey)
    {
        HttpClient client = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = server.RestUri };
        if (apiKey is not null)
        {
            client.DefaultRequestHeaders.Add("api-key", apiKey);
        }

        return client;
    }

    private async Task<JsonElement> PostAsync(string path, object body)
    {
        using HttpResponseMessage answer = await client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("result");
    }
}
