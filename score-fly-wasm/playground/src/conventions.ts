// The outputs that resources of well-known types have by convention, with samples.

const DATABASE = { name: "app", database: "app", username: "app", password: "s3cret-sample" };

const CONVENTIONS: Record<string, Record<string, string>> = {
  postgres: { host: "db.internal", port: "5432", ...DATABASE },
  "postgres-instance": { host: "db.internal", port: "5432", username: "postgres", password: "s3cret-sample" },
  mysql: { host: "mysql.internal", port: "3306", ...DATABASE },
  mssql: {
    server: "mssql.internal",
    port: "1433",
    database: "master",
    username: "sa",
    password: "s3cret-sample",
    connection: "Server=tcp:mssql.internal,1433;User ID=sa;Password=s3cret-sample",
  },
  mongodb: {
    host: "mongo.internal",
    port: "27017",
    username: "app",
    password: "s3cret-sample",
    connection: "mongodb://app:s3cret-sample@mongo.internal:27017/",
  },
  redis: { host: "redis.internal", port: "6379", username: "default", password: "s3cret-sample" },
  amqp: { host: "rabbit.internal", port: "5672", vhost: "/", username: "app", password: "s3cret-sample" },
  "kafka-topic": { host: "kafka.internal", port: "9092", name: "events", num_partitions: "3" },
  elasticsearch: { host: "search.internal", port: "9200", username: "elastic", password: "s3cret-sample" },
  s3: {
    endpoint: "https://fly.storage.tigris.dev",
    region: "auto",
    bucket: "my-bucket",
    access_key_id: "tid_sample",
    secret_key: "tsec_sample",
    aws_access_key_id: "tid_sample",
    aws_secret_key: "tsec_sample",
  },
  dns: { host: "app.example.com", url: "https://app.example.com" },
  route: {},
  volume: { source: "data", size: "1gb" },
  "service-port": { hostname: "other-app.internal", port: "8080" },
  "llm-model": { model: "llama3", url: "https://llm.example.com", "api-key": "key-sample" },
};

/** The conventional outputs of a type with a sample of each; none for types that are not known. */
export function conventions(type: string): Record<string, string> {
  return CONVENTIONS[type] ?? {};
}

/** What an output could be, for someone who has no value at hand. */
export function sample(type: string, output: string): string {
  return conventions(type)[output] ?? (looksSecret(output) ? "s3cret-sample" : `sample-${output.replaceAll(".", "-")}`);
}

/** Whether an output should be kept secret, going by its name. */
export function looksSecret(output: string): boolean {
  return /password|passwd|secret|token|credential|connection|dsn|(api|private|access)[-_.]?key$/i.test(output);
}
